import { sandboxAndProject } from "../support/stack";

const BUYS = { args: { amount: 7 } };

test("with vercelCredits:requirePlan, an update without a plan buys nothing, also under another name", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.config("vercelCredits:requirePlan", "true");
  project.declare(BUYS);

  for (const flags of [[], ["--skip-preview"]]) {
    const { code, output } = await project.up(...flags);
    expect(code).not.toBe(0);
    expect(output).toContain(
      "credits was not bought. vercelCredits:requirePlan is true, and this update has no plan. Nothing was charged. " +
        "Run `pulumi preview --save-plan plan.json`, have that reviewed, and run `pulumi up --plan plan.json`.",
    );
  }
  expect(sandbox.requests()).toHaveLength(0);

  await project.mustRun("preview", "--save-plan", "plan.json");
  const planned = await project.up("--skip-preview", "--plan", "plan.json");
  expect(planned).toMatchObject({ code: 0, output: expect.stringContaining("The card was charged.") });

  // Without an alias it is another purchase, and Pulumi finds out only afterwards that the old one is protected.
  project.declare({ ...BUYS, name: "renamed" });
  expect((await project.up("--skip-preview")).output).toContain("renamed was not bought.");
  expect((await project.run("preview", "--save-plan", "renamed.json")).code).not.toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
});

test("an update that buys nothing needs no plan", async () => {
  const { project } = await sandboxAndProject();
  project.declare(BUYS);
  await project.up();
  project.config("vercelCredits:requirePlan", "true");

  expect(await project.up()).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
});
