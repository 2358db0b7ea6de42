import { sandboxAndProject } from "../support/stack";

const program = (plan: string, options = "{}", name = "credits") => `
const { CreditPlan } = require("pulumi-vercel-credits");
const plan = new CreditPlan("${name}", ${plan}, ${options});
for (const [key, purchase] of Object.entries(plan.purchases)) exports[key] = purchase.status;`;

const Q3 = "'2026-q3': { gateway: 40 }";
const Q4 = "'2026-q4': { gateway: 50, v0: { amount: 10, source: 'plan' } }";
const TEAMS = `teams: { other: { ${Q3} } }`;

// How a plan is read, and what is wrong with one: tests/program/credit-plan.test.ts.
test("a plan through its life: a quarter is added, and nothing else is bought; one that is removed stops; renamed with an alias it buys nothing", async () => {
  const { sandbox, project } = await sandboxAndProject(
    {},
    { program: program(`{ purchases: { ${Q3} }, ${TEAMS} }`) },
  );
  await project.mustRun("up", "--yes", "--skip-preview");
  const teams = sandbox.charges().map(({ team }) => team);
  expect(teams.sort()).toEqual(["acme", "other"]);
  expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).toEqual(
    expect.arrayContaining(["credits-2026-q3-gateway", "credits-other-2026-q3-gateway"]),
  );

  project.write("index.js", program(`{ purchases: { ${Q4}, ${Q3} }, ${TEAMS} }`));
  const { output } = await project.mustRun("up", "--yes");
  expect(output.match(/💳 [^\n]*charged now/gu)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("credits-2026-q4-gateway: $50.00 of AI Gateway credits for team acme"),
      expect.stringContaining("credits-2026-q4-v0: $10.00 of v0 credits for team acme"),
    ]),
  );
  expect(output).not.toMatch(/💳 credits-(other-)?2026-q3/u);
  expect(sandbox.charges()).toHaveLength(4);

  project.write("index.js", program(`{ purchases: { ${Q4} }, ${TEAMS} }`));
  const removed = await project.preview();
  expect(removed.code).not.toBe(0);
  expect(removed.output).toContain("protect");

  const alias = "{ aliases: [{ name: 'credits' }] }";
  project.write("index.js", program(`{ purchases: { ${Q4}, ${Q3} }, ${TEAMS} }`, alias, "team-credits"));
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.requests()).toHaveLength(4);
});
