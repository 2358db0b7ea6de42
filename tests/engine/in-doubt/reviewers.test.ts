import { reviewOf } from "../../support/review-of";
import { inDoubt, sandboxAndProject } from "../../support/stack";

/** Whoever reviews a preview reads no less than what the update charges, and sees red where `pulumi up` is known to fail. */

test("a purchase that is in doubt is red", async () => {
  const { sandbox, project } = await inDoubt();

  expect(await reviewOf(project)).toMatchObject({ status: 1 });
  expect((await project.up("--skip-preview")).code).not.toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
});

test("a higher attempt for another amount is green, with what it charges", async () => {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("failed");
  await project.up("--skip-preview");
  project.declare({ args: { attempt: 2, amount: 300 } });

  const { status, total } = await reviewOf(project, { form: "stream" });
  await project.up("--skip-preview");

  expect({ status, total }).toEqual({ status: 0, total: "300.00" });
  expect(sandbox.charges().map(({ amount }) => amount)).toEqual([300]);
});
