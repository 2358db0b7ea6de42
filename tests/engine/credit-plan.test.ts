import { sandboxAndProject } from "../support/stack";

const program = (plan: string, options = "{}", name = "credits") => `
const { CreditPlan } = require("pulumi-vercel-credits");
const plan = new CreditPlan("${name}", ${plan}, ${options});
for (const [key, purchase] of Object.entries(plan.purchases)) exports[key] = purchase.status;`;

const Q3 = `"2026-q3": { gateway: 40 }`;
const Q4 = `"2026-q4": { gateway: 50, v0: { amount: 10, source: "plan" } }`;

async function planned(...args: Parameters<typeof program>) {
  return sandboxAndProject({}, { program: program(...args) });
}

test("adding a quarter buys its purchases and nothing else; each has a stable name", async () => {
  const { sandbox, project } = await planned(`{ purchases: { ${Q3} } }`);
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.charges()).toMatchObject([{ team: "acme", creditType: "gateway", amount: 40 }]);

  project.write("index.js", program(`{ purchases: { ${Q4}, ${Q3} } }`));
  const { output } = await project.mustRun("preview");
  expect(output.match(/💳 [^\n]*charged now/gu)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("credits-2026-q4-gateway: $50.00 of AI Gateway credits for team acme"),
      expect.stringContaining("credits-2026-q4-v0: $10.00 of v0 credits for team acme"),
    ]),
  );
  expect(output).not.toMatch(/💳 credits-2026-q3/u);
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.charges()).toHaveLength(3);
  expect(sandbox.charges().find(({ creditType }) => creditType === "v0")).toMatchObject({
    amount: 10,
    source: "plan",
  });

  const again = await project.mustRun("up", "--yes", "--skip-preview");
  expect(again.output).toContain("unchanged");
  expect(sandbox.requests()).toHaveLength(3);
});

test("removing a quarter is stopped in the preview, and so is changing what is bought", async () => {
  const { sandbox, project } = await planned(`{ purchases: { ${Q3}, ${Q4} } }`);
  await project.mustRun("up", "--yes", "--skip-preview");

  project.write("index.js", program(`{ purchases: { ${Q4} } }`));
  const removed = await project.preview();
  project.write("index.js", program(`{ purchases: { "2026-q3": { gateway: 41 }, ${Q4} } }`));
  const changed = await project.preview();

  expect(removed.code).not.toBe(0);
  expect(removed.output).toContain("protect");
  expect(changed.code).not.toBe(0);
  expect(changed.output).toContain("can't change amount from 40 to 41, because this purchase is final");
  expect(sandbox.requests()).toHaveLength(3);
});

test("several teams in one place", async () => {
  const { sandbox, project } = await planned(
    `{ purchases: { ${Q3} }, teams: { other: { ${Q3} }, team_3: { ${Q3} } } }`,
  );

  await project.mustRun("up", "--yes", "--skip-preview");

  expect(
    sandbox
      .charges()
      .map(({ team }) => team)
      .sort(),
  ).toEqual(["acme", "other", "team_3"]);
  expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).toEqual(
    expect.arrayContaining([
      "credits-2026-q3-gateway",
      "credits-other-2026-q3-gateway",
      "credits-team_3-2026-q3-gateway",
    ]),
  );
});

test("a plan that is renamed with an alias buys nothing again", async () => {
  const { sandbox, project } = await planned(`{ purchases: { ${Q3} } }`);
  await project.mustRun("up", "--yes", "--skip-preview");

  project.write(
    "index.js",
    program(`{ purchases: { ${Q3} } }`, `{ aliases: [{ name: "credits" }] }`, "team-credits"),
  );
  await project.mustRun("up", "--yes", "--skip-preview");

  expect(sandbox.requests()).toHaveLength(1);
});

test.each([
  ["{ purchase: {} }", "purchase is not an argument; it takes purchases and teams"],
  [
    "{ purchases: { '2026-q4': { gatway: 5 } } }",
    'purchases["2026-q4"] names gatway, which is not one of v0, gateway, agent',
  ],
  ["{ purchases: { '2026-q4': 500 } }", 'purchases["2026-q4"] must be an object of credit types'],
  ["{ purchases: [] }", "purchases must be an object of periods"],
  ["{ teams: 'acme' }", "teams must be an object of teams"],
  [
    "{ purchases: { 'a-b': { v0: 1 } }, teams: { a: { b: { v0: 1 } } } }",
    "makes a second purchase called a-b-v0",
  ],
  ["{ purchases: { '2026-q4': { gateway: '500' } } }", "amount must be a whole number, 1 or more"],
  ["{ purchases: { '2026-q4': { gateway: null } } }", "amount must be a whole number, 1 or more"],
])("a plan that is wrong is one clear line: %s", async (plan, says) => {
  const { sandbox, project } = await planned(plan);

  const { code, output } = await project.up();

  expect(code).not.toBe(0);
  expect(output).toContain(says);
  expect(output).toContain("Nothing was charged.");
  expect(output).not.toMatch(/^\s+at /m);
  expect(sandbox.requests()).toHaveLength(0);
});
