import { providerKilled } from "../../support/killed";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { NO_JOURNAL } from "../../support/stack";

test.each([
  ["with its journal", {}],
  ["without one", NO_JOURNAL],
])("an order whose purchase nobody knows the end of stays, %s: destroy --target", async (_journal, env) => {
  const { sandbox, project } = await providerKilled(env, "credits");
  const kept = project.resource("PurchaseOrder");
  const order = project.urn("PurchaseOrder");

  const run = await project.run("destroy", "--yes", "--skip-preview", "--target", order);

  expect(run.code).not.toBe(0);
  expect(project.resource("PurchaseOrder")).toMatchObject({ id: kept?.id });
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(run.output).toContain("pulumi state delete");
  expect(run.output).toContain(order);
  expectReadable(run);
  project.declare({ args: { adopt: sandbox.charges()[0]?.intentId }, opts: { protect: false } });
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect((await project.run("destroy", "--yes", "--skip-preview")).code).toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
});
