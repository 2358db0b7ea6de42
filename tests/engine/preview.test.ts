import { existsSync } from "node:fs";
import { program } from "../support/programs";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { newProject, sandboxAndProject, watch } from "../support/stack";

/** One case of each group in tests/program, and what only the engine does: plans, parallel steps, other resources. */

const BUDGET = program(`
class Budget extends pulumi.dynamic.Resource {
  constructor() {
    super({ create: async () => ({ id: "budget", outs: { dollars: 25 } }) }, "budget", { dollars: undefined });
  }
}
new CreditPurchase("later", { creditType: "gateway", amount: new Budget().dollars });`);

const WAITS = program(`
class First extends pulumi.dynamic.Resource {
  constructor() {
    const create = async () => {
      if (process.env.FAIL) throw new Error("not today");
      return { id: "first" };
    };
    super({ create }, "first", {});
  }
}
new CreditPurchase("credits", A, { dependsOn: [new First()] });`);

describe("a preview", () => {
  test("sends nothing and needs no token: with the network forbidden it says what would be bought, for whom", async () => {
    const project = await newProject({ VERCEL_API_TOKEN: "" });
    watch(project);
    project.config("vercel:team", "configured");
    project.declare({ name: "gateway-2026-q4" }, { name: "adopted", args: { adopt: "pur_1" } });

    const run = await project.preview("--diff");

    expect(run.code).toBe(0);
    expect(run.output).toContain(
      "💳 gateway-2026-q4: $100.00 of AI Gateway credits for team configured will be charged now. Not refundable.",
    );
    expect(run.output).not.toContain("💳 adopted");
    expect(run.output).toMatch(
      /summary *: "Buys \$100\.00 of AI Gateway credits for team configured, .* not refundable\."/,
    );
    expect(run.output).toMatch(/team *: "configured"/);
    expect(existsSync(`${project.folder}/providers`)).toBe(true);
    expect(existsSync(`${project.folder}/network`)).toBe(false);
  });

  test("lets values pass that are known only during the update", async () => {
    const { sandbox, project } = await sandboxAndProject({}, { program: BUDGET });

    const run = await project.up();

    expect(run.code).toBe(0);
    expect(run.output).toContain("💳 later: an amount not known before the update of AI Gateway credits");
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([25]);
  });

  test("allows exactly what it showed, within what the stack allows: an update from its plan buys once", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.mustRun("config", "set", "--path", "vercelCredits:allowedTeams[0]", "acme");
    project.config("vercelCredits:allowedCreditTypes", '["gateway"]');

    await project.mustRun("preview", "--save-plan", "plan.json");
    const run = await project.up("--skip-preview", "--plan", "plan.json");

    expect(run.code).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);

    const nothing = await project.preview();
    expect(nothing.code).toBe(0);
    expect(nothing.output).not.toMatch(/💳|⚠️|charged/);
  });

  test("fails where the engine would not keep what was bought", async () => {
    const { sandbox, project } = await sandboxAndProject({ PULUMI_SKIP_CHECKPOINTS: "true" });

    const run = await project.preview();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("PULUMI_SKIP_CHECKPOINTS");
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expectReadable(run);
    expect(sandbox.requests()).toHaveLength(0);
  });
});

test("the cap of one update counts all its purchases, in the preview and at the charge", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.config("vercelCredits:maxAmountPerUpdate", "250");
  project.declare({ name: "a" }, { name: "b" }, { name: "c" });

  const preview = await project.preview();
  const up = await project.up("--skip-preview");

  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/amount .*\$300\.00.*maxAmountPerUpdate .*\$250\.00/);
  expect(sentencesOf(preview)).toEqual([NOTHING_CHARGED]);
  expectReadable(preview);
  expect(up.code).not.toBe(0);
  expect(sandbox.charges().length).toBeLessThanOrEqual(2);
});

describe("an update that may not buy", () => {
  test("because something it waits for failed, or without a token, opens no order, so that a plain re-run buys", async () => {
    const env = { FAIL: "yes", VERCEL_API_TOKEN: "" };
    const { sandbox, project } = await sandboxAndProject(env, { program: WAITS });

    expect((await project.up("--skip-preview")).code).not.toBe(0);
    expect(project.resource("PurchaseOrder")).toBeUndefined();

    delete project.env.FAIL;
    const without = await project.up("--skip-preview");
    expect(without.code).not.toBe(0);
    expect(without.output).toContain("No Vercel token is configured.");
    expect(sentencesOf(without)).toEqual([NOTHING_CHARGED]);
    expectReadable(without);
    expect(project.resource("PurchaseOrder")).toBeUndefined();

    await project.mustRun("config", "set", "vercel:apiToken", "sandbox", "--secret");
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("sends nothing more after one unknown outcome, and says so", async () => {
    const { sandbox, project } = await sandboxAndProject();
    const names = ["a", "b", "c", "d"];
    project.declare(...names.map((name) => ({ name })));
    sandbox.misbehave("cut-after-charge");

    // Without this flag the engine itself stops at the first failure, before or after the others have begun.
    const run = await project.up("--skip-preview", "--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    const outcomes = names.map((name) => project.outputs(name)?.outcome);
    expect(outcomes.filter((outcome) => outcome !== "notSent" && outcome !== undefined)).toEqual(["unknown"]);
    // The others say so: kept as not sent, or stopped before an order was opened.
    const others = run.output.matchAll(/\b([abcd])\b.* Nothing was charged\./g);
    expect(new Set([...others].map(([, name]) => name))).toEqual(
      new Set(names.filter((_name, at) => outcomes[at] !== "unknown")),
    );
  });
});
