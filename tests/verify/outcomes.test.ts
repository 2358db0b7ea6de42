import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { inDoubt, sandboxAndProject } from "../support/stack";

/** How the engine keeps an outcome, and what a person does next. Every outcome: `tests/process/outcomes.test.ts`. */

test("refused: up fails and it is kept, the next up fails the same way, and a higher attempt buys, once", async () => {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("decline");

  const first = await project.up("--skip-preview");
  const kept = project.resource("CreditPurchase");
  const second = await project.up("--skip-preview");

  for (const run of [first, second]) {
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expectReadable(run);
  }
  expect(kept?.outputs).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining(NOTHING_CHARGED),
  });
  expect(project.outputs()).toEqual(kept?.outputs);
  expect(sandbox.requests()).toHaveLength(1);

  project.declare({ args: { attempt: 2 } });
  const again = await project.up();
  const after = await project.up("--skip-preview");

  expect(again.output).toContain(
    "💳 credits: $100.00 of AI Gateway credits for team acme will be charged now.",
  );
  expect(sentencesOf(again)).toContain(CHARGED);
  expect(after).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  const now = project.resource("CreditPurchase");
  expect(now?.id).toBe(kept?.id);
  expect(now?.outputs).toMatchObject({ outcome: "bought", status: "succeeded", attempt: 2 });
  expect(now?.outputs.__earlierAttempts).toMatchObject([{ attempt: 1, outcome: "refused" }]);
  expect(sandbox.requests()).toHaveLength(2);
  expect(sandbox.charges()).toHaveLength(1);
});

test("a checkout: it is kept, the preview says that up will fail, what is refused of it says so, and adopting ends it", async () => {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("checkout");

  const first = await project.up("--skip-preview");
  const kept = project.outputs();
  const preview = await project.preview();
  project.declare({ args: { amount: 50 } });
  const changed = await project.up("--skip-preview");

  expect(first.code).not.toBe(0);
  expect(sentencesOf(first)).toEqual([NOTHING_CHARGED]);
  expect(kept).toMatchObject({ outcome: "checkout", checkoutSessionUrl: expect.anything() });
  expect(preview.output).toContain("nothing will be bought, and `pulumi up` will fail");
  // From the next run on, somebody can have paid in it.
  for (const run of [preview, changed]) {
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    expectReadable(run);
  }
  expect(changed.code).not.toBe(0);
  expect(changed.output).toContain("amount");
  expect(project.outputs()).toEqual(kept);

  project.declare({ args: { adopt: "pur_found" } });
  const adopted = await project.up("--skip-preview");
  const after = await project.up("--skip-preview");

  expect(adopted.code).toBe(0);
  expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId: "pur_found", adopt: "pur_found" });
  expect(project.outputs()).not.toHaveProperty("reason");
  expect(after.output).toContain("3 unchanged");
  expect(sandbox.requests()).toHaveLength(1);
});

test("a purchase that is in doubt isn't destroyed, and is said to be in doubt", async () => {
  const { sandbox, project } = await inDoubt();

  const destroyed = await project.destroyUnprotected();

  expect(destroyed.code).not.toBe(0);
  expect(sentencesOf(destroyed)).toEqual([MAYBE_CHARGED]);
  expectReadable(destroyed);
  expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  expect(project.resource("PurchaseOrder")).toBeDefined();
  expect(sandbox.requests()).toHaveLength(1);
});
