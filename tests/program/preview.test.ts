import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";
import { newModel, sandboxAndModel } from "../support/stack";

describe("a preview", () => {
  test("has a line for each purchase that would be made, and needs no token", async () => {
    const project = newModel({ VERCEL_API_TOKEN: "" });
    project.config("vercel:team", "configured");
    project.declare({ name: "gateway-2026-q4" }, { name: "adopted", args: { adopt: "pur_1" } });

    const run = await project.preview();

    expect(run.code).toBe(0);
    expect(run.output).toContain(
      "💳 gateway-2026-q4: $100.00 of AI Gateway credits for team configured will be charged now. Not refundable.",
    );
    expect(run.output).not.toContain("💳 adopted");
  });

  test("says nothing about charges where nothing would be bought", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await project.up("--skip-preview");

    const run = await project.preview();

    expect(run.code).toBe(0);
    expect(run.output).not.toMatch(/💳|⚠️|charged/);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each([
    ["creditType", "💳 later: $25.00 of credits for team acme will"],
    ["amount", "💳 later: an amount not known before the update of AI Gateway credits for team acme will"],
    ["team", "💳 later: $25.00 of AI Gateway credits for team (not known before the update) will"],
    ["source", "💳 later: $25.00 of AI Gateway credits for team acme will"],
    ["attempt", "💳 later: $25.00 of AI Gateway credits for team acme will"],
    [
      "adopt",
      "💳 later: $25.00 of AI Gateway credits for team acme will be charged now, unless adopt turns out",
    ],
  ])("lets a value of %s pass that is known only during the update, and says so", async (name, line) => {
    const project = newModel();
    project.program = () => {
      const later = { [name]: pulumi.output(pulumi.unknown) };
      new CreditPurchase("later", { creditType: "gateway", amount: 25, ...later });
    };

    expect(await project.preview()).toMatchObject({ code: 0, output: expect.stringContaining(line) });
  });
});

test("what was known only during the update is bought as it turned out", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.program = () => {
    const amount = pulumi.runtime.isDryRun() ? pulumi.output(pulumi.unknown as never) : 25;
    new CreditPurchase("later", { creditType: "gateway", amount });
  };

  expect((await project.up()).code).toBe(0);
  expect(sandbox.charges().map(({ amount }) => amount)).toEqual([25]);
});
