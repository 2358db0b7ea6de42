import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

describe("a configuration that does not allow a purchase, or is wrong, stops the preview by name", () => {
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
    const { sandbox, project } = await sandboxAndModel(env);
    for (const [key, value] of Object.entries(config)) project.config(key, value);

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(name);
      expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
      expectReadable(run);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });
});

test("the cap of one update counts all its purchases in the preview", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.config("vercelCredits:maxAmountPerUpdate", "250");
  project.declare({ name: "a" }, { name: "b" }, { name: "c" });

  const preview = await project.preview();

  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/amount .*\$300\.00.*maxAmountPerUpdate .*\$250\.00/);
  expect(sentencesOf(preview)).toEqual([NOTHING_CHARGED]);
  expect(sandbox.requests()).toHaveLength(0);
});

test("what is on record does not count, and a cap lowered later does not disturb it", async () => {
  const { sandbox, project } = await sandboxAndModel();
  await project.up("--skip-preview");
  project.config("vercelCredits:maxAmount", "50");
  project.config("vercelCredits:maxAmountPerUpdate", "50");
  project.declare({}, { name: "small", args: { amount: 50 } });

  const run = await project.up();

  expect(run.code).toBe(0);
  expect(sandbox.charges().map(({ amount }) => amount)).toEqual([100, 50]);
});

test("the teams and the credit types that a stack allows are bought", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.config("vercelCredits:allowedTeams", '["acme"]');
  project.config("vercelCredits:allowedCreditTypes", '["gateway"]');

  expect((await project.up()).code).toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});

test("without a token an update keeps nothing, so that a plain re-run is enough", async () => {
  const { sandbox, project } = await sandboxAndModel({ VERCEL_API_TOKEN: "" });

  const without = await project.up();
  expect(without.code).not.toBe(0);
  expect(without.output).toContain("No Vercel token is configured.");
  expect(sentencesOf(without)).toEqual([NOTHING_CHARGED]);
  expect(project.resource("PurchaseOrder")).toBeUndefined();

  project.config("vercel:apiToken", "sandbox");
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});
