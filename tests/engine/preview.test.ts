import { existsSync } from "node:fs";
import { newProject, sandboxAndProject, sentencesOf, watch } from "../support/stack";

const NOTHING = "Nothing was charged.";

describe("a preview", () => {
  test("sends nothing and needs no token: it works with the network forbidden", async () => {
    const project = await newProject({ VERCEL_API_TOKEN: "" });
    watch(project);
    project.declare({ name: "gateway-2026-q4" }, { name: "adopted", args: { adopt: "pur_1" } });

    const run = await project.preview();

    expect(run.code).toBe(0);
    expect(run.output).toContain(
      "💳 gateway-2026-q4: $100.00 of AI Gateway credits for team acme will be charged now. Not refundable.",
    );
    expect(run.output).not.toContain("💳 adopted");
    expect(existsSync(`${project.folder}/providers`)).toBe(true);
    expect(existsSync(`${project.folder}/network`)).toBe(false);
  });

  test("says nothing about charges where nothing would be bought", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();

    const run = await project.preview();

    expect(run.code).toBe(0);
    expect(run.output).not.toMatch(/💳|⚠️|charged/);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("shows the summary with --diff, and takes the team from the stack's configuration", async () => {
    const { project } = await sandboxAndProject();
    project.config("vercel:team", "configured");

    const { output } = await project.preview("--diff");

    expect(output).toMatch(
      /summary *: "Buys \$100\.00 of AI Gateway credits for team configured, .* not refundable\."/,
    );
    expect(output).toMatch(/team *: "configured"/);
  });

  test("lets values pass that are known only during the update", async () => {
    const { sandbox, project } = await sandboxAndProject({}, { program: PROGRAM_WITH_UNKNOWNS });

    const preview = await project.preview();
    const up = await project.up();

    expect(preview.code).toBe(0);
    expect(preview.output).toContain("💳 later: an amount not known before the update of AI Gateway credits");
    expect(up.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([25]);
  });

  test("allows exactly what it showed: an update from its plan buys once", async () => {
    const { sandbox, project } = await sandboxAndProject();

    await project.mustRun("preview", "--save-plan", "plan.json");
    const run = await project.up("--plan", "plan.json");

    expect(run.code).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);
  });
});

const PROGRAM_WITH_UNKNOWNS = `
const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
class Budget extends pulumi.dynamic.Resource {
  constructor() {
    super({ create: async () => ({ id: "budget", outs: { dollars: 25 } }) }, "budget", { dollars: undefined });
  }
}
new CreditPurchase("later", { creditType: "gateway", amount: new Budget().dollars });
`;

const PROGRAM_THAT_WAITS = `
const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
class First extends pulumi.dynamic.Resource {
  constructor() {
    const create = async () => {
      if (process.env.FAIL) throw new Error("not today");
      return { id: "first" };
    };
    super({ create }, "first", {});
  }
}
new CreditPurchase("credits", { creditType: "gateway", amount: 100 }, { dependsOn: [new First()] });
`;

describe("bad input fails the preview by name, without a stack trace, and sends nothing", () => {
  test.each<[string, Record<string, unknown>]>([
    ["creditType", { creditType: "gold" }],
    ["amount", { amount: 0 }],
    ["amount", { amount: 1.5 }],
    ["amount", { amount: "100" }],
    ["team", { team: "" }],
    ["attempt", { attempt: 0 }],
    ["adopt", { adopt: "" }],
    ["amuont", { amuont: 100 }],
  ])("%s: %j", async (name, args) => {
    const { sandbox, project } = await sandboxAndProject();
    project.declare({ args });

    const preview = await project.preview();
    const up = await project.up("--skip-preview");

    for (const run of [preview, up]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`property ${name} `);
      expect(sentencesOf(run)).toEqual([NOTHING]);
      expect(run.output).not.toMatch(/^\s+at /m);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["vercelCredits:maxAmount", { "vercelCredits:maxAmount": "99" }, {}],
    ["vercelCredits:maxAmountPerUpdate", { "vercelCredits:maxAmountPerUpdate": "99.99" }, {}],
    ["vercelCredits:maxAmount", { "vercelCredits:maxAmount": "lots" }, {}],
    ["vercelCredits:allowedCreditTypes", { "vercelCredits:allowedCreditTypes": '["v0", "agent"]' }, {}],
    ["vercelCredits:allowedCreditTypes", { "vercelCredits:allowedCreditTypes": '["gatewy"]' }, {}],
    ["vercelCredits:allowedTeams", { "vercelCredits:allowedTeams": '["other"]' }, {}],
    ["vercelCredits:timeoutSeconds", { "vercelCredits:timeoutSeconds": "soon" }, {}],
    ["vercel:apiUrl", { "vercel:apiUrl": "http://api.vercel.com" }, {}],
    ["PULUMI_SKIP_CHECKPOINTS", {}, { PULUMI_SKIP_CHECKPOINTS: "true" }],
  ])("%s in %j %j", async (name, config, env) => {
    const { sandbox, project } = await sandboxAndProject(env);
    for (const [key, value] of Object.entries(config)) project.config(key, value);

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(name);
      expect(sentencesOf(run)).toEqual([NOTHING]);
      expect(run.output).not.toMatch(/^\s+at /m);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });
});

describe("caps", () => {
  test("the cap of one update counts all its purchases, in the preview and at the charge", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.config("vercelCredits:maxAmountPerUpdate", "250");
    project.declare({ name: "a" }, { name: "b" }, { name: "c" });

    const preview = await project.preview();
    const up = await project.up("--skip-preview");

    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/amount .*\$300\.00.*maxAmountPerUpdate .*\$250\.00/);
    expect(sentencesOf(preview)).toEqual([NOTHING]);
    expect(up.code).not.toBe(0);
    expect(sandbox.charges().length).toBeLessThanOrEqual(2);
  });

  test("what is on record does not count, and a cap lowered later does not disturb it", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();
    project.config("vercelCredits:maxAmount", "50");
    project.config("vercelCredits:maxAmountPerUpdate", "50");
    project.declare({}, { name: "small", args: { amount: 50 } });

    const run = await project.up();

    expect(run.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([100, 50]);
  });
});

test("the teams and the credit types that a stack allows are bought", async () => {
  const { sandbox, project } = await sandboxAndProject();
  await project.mustRun("config", "set", "--path", "vercelCredits:allowedTeams[0]", "acme");
  project.config("vercelCredits:allowedCreditTypes", '["gateway"]');

  expect((await project.up()).code).toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});

describe("an update that may not buy", () => {
  test("without a token keeps nothing, so that a plain re-run is enough", async () => {
    const { sandbox, project } = await sandboxAndProject({ VERCEL_API_TOKEN: "" });

    const without = await project.up();
    expect(without.code).not.toBe(0);
    expect(without.output).toContain("No Vercel token is configured.");
    expect(sentencesOf(without)).toEqual([NOTHING]);
    expect(project.resource("PurchaseOrder")).toBeUndefined();

    await project.mustRun("config", "set", "vercel:apiToken", "sandbox", "--secret");
    expect((await project.up()).code).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("because something it waits for failed opens no order, so that a plain re-run buys", async () => {
    const { sandbox, project } = await sandboxAndProject({}, { program: PROGRAM_THAT_WAITS });
    project.env.FAIL = "yes";

    const failed = await project.up();
    expect(failed.code).not.toBe(0);
    expect(project.resource("PurchaseOrder")).toBeUndefined();

    delete project.env.FAIL;
    expect((await project.up()).code).toBe(0);
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
