import { stackWithPolicies } from "../support/policy-pack";

/** The real engine asks the pack. Its other rules: `tests/verify/policy.test.ts`, and `tests/unit/policy.test.ts`. */
describe("the policy pack", () => {
  test("lets a purchase within every limit through, in the preview and in the update", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    project.declare({ args: { amount: 500 } });

    const up = await project.up(...pack.flags());

    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("vercel-credits") });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("stops a purchase over its limits in the preview, and before any charge", async () => {
    const { sandbox, project, pack } = await stackWithPolicies();
    project.declare({ args: { amount: 501 } });

    const preview = await project.preview(...pack.flags());
    const up = await project.up("--skip-preview", ...pack.flags());

    for (const run of [preview, up]) {
      expect(run.output).toContain("credits: $501.00 is over the $500.00 allowed for one purchase.");
      expect(run.code).not.toBe(0);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });
});
