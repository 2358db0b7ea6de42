import { stackWithPolicies } from "../support/policy-pack";

describe("the policy pack", () => {
  test.each([
    [
      "the credit types",
      [{ args: { creditType: "agent" } }],
      'credits: "agent" is not one of the credit types that may be bought: gateway, v0.',
    ],
    [
      "another attempt that nobody approved",
      [{ args: { attempt: 2 } }],
      "credits: attempt 2 may charge again and is not approved.",
    ],
  ])("stops in the preview and before any charge: %s", async (_what, declared, message) => {
    const { sandbox, project, pack } = await stackWithPolicies();
    project.declare(...declared);

    const preview = await project.preview(...pack.flags());
    const up = await project.up("--skip-preview", ...pack.flags());

    expect(preview.output).toContain(message);
    expect(preview.code).not.toBe(0);
    expect(up.output).toContain(message);
    expect(up.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("limits what a stack spends over its lifetime: what was bought before counts", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    const limits = { "credits-per-stack": { maxAmount: 150 } };
    project.declare({ name: "first" });
    await project.up("--skip-preview", ...pack.flags(limits));
    project.declare({ name: "first" }, { name: "second" });

    const { code, output } = await project.preview(...pack.flags(limits));

    expect(output).toContain(
      "this stack: purchases of $200.00 in all are over the $150.00 allowed over its lifetime.",
    );
    expect(code).not.toBe(0);
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("judges what is new: a limit that came later stops no preview for what is on record", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    const agent = { args: { creditType: "agent" as const } };
    const later = {
      "allowed-credit-types": { creditTypes: ["gateway"] },
      "credits-per-purchase": { maxAmount: 50 },
      "credits-per-stack": { maxAmount: 50 },
      "credits-per-team": { maxAmounts: { "*": 50 } },
      "attempts-need-approval": { approved: [] },
      "no-purchases": { enabled: true },
    };
    sandbox.misbehave("decline");
    project.declare(agent);
    await project.up("--skip-preview");
    project.declare({ args: { ...agent.args, attempt: 2 } });
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

    expect(await project.preview(...pack.flags(later))).toMatchObject({ code: 0 });
    expect(await project.up("--skip-preview", ...pack.flags(later))).toMatchObject({ code: 0 });

    project.declare({ args: { ...agent.args, attempt: 2 } }, { name: "new", ...agent });
    const { code, output } = await project.preview(...pack.flags(later));
    expect(code).not.toBe(0);
    expect(output).toContain('new: "agent" is not one of the credit types that may be bought: gateway.');
    expect(output).toContain("new: $100.00 is over the $50.00 allowed for one purchase.");
    expect(output).toContain("new: no Vercel credits may be bought here. Remove this purchase.");
    expect(output).not.toContain("credits: no Vercel credits");
    expect(output).toContain("this stack: purchases of $200.00 in all are over the $50.00");
    expect(output).not.toContain('credits: "agent"');
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("judges another attempt of what is on record", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    sandbox.misbehave("decline");
    await project.up("--skip-preview");
    project.declare({ args: { amount: 501, attempt: 2 } });

    for (const run of [
      await project.preview(...pack.flags()),
      await project.up("--skip-preview", ...pack.flags()),
    ]) {
      expect(run.output).toContain("credits: $501.00 is over the $500.00 allowed for one purchase.");
      expect(run.output).toContain("credits: attempt 2 may charge again and is not approved.");
    }
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("of all policies buys as before: no-purchases is off until it is enabled, whatever else is set for all", async () => {
    const { project, pack } = await stackWithPolicies();
    expect(await project.preview(...pack.flags({ all: "mandatory" }))).toMatchObject({ code: 0 });
  });

  test("limits what is spent for each team", async () => {
    const { project, pack } = await stackWithPolicies();
    project.declare({ name: "ours" }, { name: "theirs", args: { team: "other" } });

    const { code, output } = await project.preview(
      ...pack.flags({ "credits-per-team": { maxAmounts: { other: 50, "*": 100 } } }),
    );

    expect(output).toContain("team other: purchases of $100.00 in all are over the $50.00 allowed");
    expect(output).not.toContain("team acme: purchases");
    expect(code).not.toBe(0);
  });

  test("an amount that the preview does not know is over the limit", async () => {
    const { project, pack } = await stackWithPolicies();
    project.write(
      "index.js",
      `const { CreditPurchase } = require("pulumi-vercel-credits");
       const first = new CreditPurchase("first", { creditType: "gateway", amount: 1 });
       new CreditPurchase("later", { creditType: "gateway", amount: first.total.apply(Number) });`,
    );

    const { code, output } = await project.preview(...pack.flags());

    expect(output).toContain("later: the amount is not known yet, which counts as over the limit.");
    expect(code).not.toBe(0);
  });

  test("a policy that only advises says so and stops nothing", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    project.declare({ args: { amount: 501 }, opts: { protect: false } });

    const { code, output } = await project.up(
      "--skip-preview",
      ...pack.flags({
        all: "advisory",
        "credits-per-purchase": { enforcementLevel: "advisory", maxAmount: 500 },
      }),
    );

    expect(output).toContain("credits: $501.00 is over the $500.00 allowed for one purchase.");
    expect(output).toContain("credits: protect is off.");
    expect(code).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);
  });
});
