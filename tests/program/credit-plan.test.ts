import { CreditPlan, type CreditPlanArgs } from "pulumi-vercel-credits";
import { refusal } from "../support/mocks";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

const program = (plan: unknown) => () => new CreditPlan("credits", plan as CreditPlanArgs);

async function planned(plan: unknown) {
  const both = await sandboxAndModel();
  both.project.program = program(plan);
  return both;
}

const Q3 = { "2026-q3": { gateway: 40 } };
const Q4 = { "2026-q4": { gateway: 50, v0: { amount: 10, source: "plan" } } };

test("adding a quarter buys its purchases and nothing else", async () => {
  const { sandbox, project } = await planned({ purchases: Q3 });
  await project.up("--skip-preview");
  expect(sandbox.charges()).toMatchObject([{ team: "acme", creditType: "gateway", amount: 40 }]);

  project.program = program({ purchases: { ...Q4, ...Q3 } });
  const { output } = await project.up();
  expect(output.match(/💳 [^\n]*charged now/gu)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("credits-2026-q4-gateway: $50.00 of AI Gateway credits for team acme"),
      expect.stringContaining("credits-2026-q4-v0: $10.00 of v0 credits for team acme"),
    ]),
  );
  expect(output).not.toMatch(/💳 credits-2026-q3/u);
  expect(sandbox.charges()).toHaveLength(3);
  expect(sandbox.charges().find(({ creditType }) => creditType === "v0")).toMatchObject({
    amount: 10,
    source: "plan",
  });

  expect((await project.up("--skip-preview")).output).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  expect(sandbox.requests()).toHaveLength(3);
});

test("an amount that is bought is final", async () => {
  const { sandbox, project } = await planned({ purchases: Q3 });
  await project.up("--skip-preview");

  project.program = program({ purchases: { "2026-q3": { gateway: 41 } } });
  const changed = await project.preview();

  expect(changed.code).not.toBe(0);
  expect(changed.output).toContain("can't change amount from 40 to 41, because this purchase is final");
  expect(sandbox.requests()).toHaveLength(1);
});

test("several teams in one place, each purchase with a stable name", async () => {
  const { sandbox, project } = await planned({ purchases: Q3, teams: { other: Q3, team_3: Q3 } });

  await project.up("--skip-preview");

  const teams = sandbox.charges().map(({ team }) => team);
  expect(teams.sort()).toEqual(["acme", "other", "team_3"]);
  const names = project.resources().map(({ urn }) => urn.split("::").at(-1));
  expect(names).toEqual(
    expect.arrayContaining([
      "credits-2026-q3-gateway",
      "credits-other-2026-q3-gateway",
      "credits-team_3-2026-q3-gateway",
    ]),
  );
});

describe("a plan that is wrong is one clear line", () => {
  test.each<[unknown, string]>([
    [{ purchase: {} }, "purchase is not an argument; did you mean purchases? It takes purchases, such as {"],
    [{ team: {} }, "team is not an argument; did you mean teams? It takes"],
    [{ "2026-q4": {} }, "2026-q4 is not an argument. It takes purchases, such as {"],
    [
      { purchases: { "2026-q4": { gatway: 5 } } },
      'purchases["2026-q4"] names gatway, which is not one of v0, gateway, agent',
    ],
    [{ purchases: { "2026-q4": 500 } }, 'purchases["2026-q4"] must be an object of credit types'],
    [{ purchases: [] }, "purchases must be an object of periods"],
    [{ teams: "acme" }, "teams must be an object of teams"],
    [
      { purchases: { "a-b": { v0: 1 } }, teams: { a: { b: { v0: 1 } } } },
      "makes a second purchase called a-b-v0",
    ],
  ])("%j, from the constructor", async (plan, says) => {
    const refused = await refusal(program(plan));

    expect(refused.output).toContain(says);
    expect(sentencesOf(refused)).toEqual([NOTHING_CHARGED]);
    expectReadable(refused);
  });

  test.each(["500", null])("the amount %j, from its purchase", async (gateway) => {
    const { sandbox, project } = await planned({ purchases: { "2026-q4": { gateway } } });

    const run = await project.up();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("credits-2026-q4-gateway: property amount value");
    expect(run.output).toContain("amount must be a whole number, 1 or more");
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expectReadable(run);
    expect(sandbox.requests()).toHaveLength(0);
  });
});
