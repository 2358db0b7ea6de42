import { CHARGED } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

test("with vercelCredits:requirePlan, an update without a plan buys nothing, and one with a plan buys", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.config("vercelCredits:requirePlan", "true");
  project.declare({ args: { amount: 7 } });

  const without = await project.up("--skip-preview");
  const requestsWithout = sandbox.requests().length;
  await project.mustRun("preview", "--save-plan", "plan.json");
  const planned = await project.up("--skip-preview", "--plan", "plan.json");

  expect(without.code).not.toBe(0);
  expect(without.output).toContain(
    "credits was not bought. vercelCredits:requirePlan is true, and this update has no plan. Nothing was charged. " +
      "Run `pulumi preview --save-plan plan.json`, have that reviewed, and run `pulumi up --plan plan.json`.",
  );
  expect(requestsWithout).toBe(0);
  expect(planned).toMatchObject({ code: 0, output: expect.stringContaining(CHARGED) });
  expect(sandbox.requests()).toHaveLength(1);
});
