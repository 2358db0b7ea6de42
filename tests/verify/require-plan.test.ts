import { sandboxAndProject } from "../support/stack";

const BUYS = { args: { amount: 7 } };

describe("with vercelCredits:requirePlan", () => {
  test("the preview that an update makes by itself is no plan", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.config("vercelCredits:requirePlan", "true");
    project.declare(BUYS);

    const { code, output } = await project.up();

    expect(code).not.toBe(0);
    expect(output).toContain(
      "vercelCredits:requirePlan is true, and this update has no plan. Nothing was charged.",
    );
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("an update that buys nothing needs no plan; what is bought under another name needs one", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.declare(BUYS);
    await project.up("--skip-preview");
    project.config("vercelCredits:requirePlan", "true");
    const same = await project.up();

    // Without an alias it is another purchase, and Pulumi finds out only afterwards that the old one is protected.
    project.declare({ ...BUYS, name: "renamed" });
    const renamed = await project.up("--skip-preview");
    const plan = await project.run("preview", "--save-plan", "renamed.json");

    expect(same).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(renamed.output).toContain("renamed was not bought.");
    expect(plan.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });
});
