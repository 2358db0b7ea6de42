import { MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { inDoubt, NO_JOURNAL } from "../../support/stack";

test.each([
  ["with its journal", {}],
  ["without one", NO_JOURNAL],
])("a destroy with targets does not forget a purchase in doubt either, %s", async (_journal, env) => {
  const { sandbox, project } = await inDoubt(env);
  const halves = [project.urn("CreditPurchase"), project.urn("PurchaseOrder")];

  const run = await project.run(
    "destroy",
    "--yes",
    "--skip-preview",
    ...halves.flatMap((urn) => ["--target", urn]),
  );

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  expect((await project.up("--skip-preview")).code).not.toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});
