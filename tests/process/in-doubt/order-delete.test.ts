import { command } from "../../support/command";
import { sendLate } from "../../support/late-sender";
import type { ModelledProject } from "../../support/modelled-project";
import type { Run } from "../../support/project.mts";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import {
  journalOf,
  NO_JOURNAL,
  neverSent,
  newModel,
  sandboxAndModel,
  upCrashingAt,
} from "../../support/stack";

/** The order is all that the state has of a purchase whose process was killed: it does not go by itself either. */

async function killedWhileRequested(env = {}) {
  const both = await sandboxAndModel(env);
  await upCrashingAt(both.project, "request-left");
  return both;
}

const order = (project: ModelledProject) => `${project.resource("PurchaseOrder")?.urn}`;

const losePurchase = (project: ModelledProject) =>
  project.editState((resources) => resources.filter(({ urn }) => !urn.includes("CreditPurchase::")));

/** Nothing of it is declared any more. */
const removed = (project: ModelledProject) => project.declare();

describe.each([
  ["with its journal", {}],
  ["without one", NO_JOURNAL],
])("an order whose purchase nobody knows the end of stays, %s", (_journal, env) => {
  test.each<[string, (project: ModelledProject) => Promise<Run>]>([
    ["pulumi destroy", (project) => project.destroyUnprotected()],
    [
      "removed from the program",
      (project) => {
        removed(project);
        return project.up("--skip-preview");
      },
    ],
  ])("%s", async (_how, act) => {
    const { sandbox, project } = await killedWhileRequested(env);
    const kept = project.resource("PurchaseOrder");

    const run = await act(project);

    expect(run.code).not.toBe(0);
    expect(project.resource("PurchaseOrder")).toMatchObject({ id: kept?.id });
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    expect(run.output).toContain("pulumi state delete");
    expect(run.output).toContain(order(project));
    expectReadable(run);
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect((await project.destroyUnprotected()).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });
});

test.each([
  ["its purchase taken out of the state while it is in doubt: the order stays", "cut-after-charge"],
  ["while its checkout session can be paid, as the journal knows, it stays", "checkout"],
] as const)("%s", async (_what, fault) => {
  const { sandbox, project } = await sandboxAndModel();
  sandbox.misbehave(fault);
  await project.up("--skip-preview");
  losePurchase(project);

  const run = await project.destroyUnprotected();

  expect(project.resource("PurchaseOrder")).toBeDefined();
  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(run.output).toContain(order(project));
});

test("settled by a person in the journal, it goes", async () => {
  const { sandbox, project } = await killedWhileRequested();
  const orderId = `${project.resource("PurchaseOrder")?.outputs.orderId}`;

  const settled = await command(["journal", "settle", orderId, "--withdraw"], project.env, project.folder);
  const run = await project.destroyUnprotected();

  expect(settled).toMatchObject({ status: 0 });
  expect(run.code).toBe(0);
  expect(project.resource("PurchaseOrder")).toBeUndefined();
  expect(await command(["journal"], project.env, project.folder)).toMatchObject({ status: 0 });
  expect(sandbox.requests()).toHaveLength(1);
});

test("known not to have charged, it goes", async () => {
  const { sandbox, project } = await sandboxAndModel();
  sandbox.misbehave("decline");
  await project.up("--skip-preview");
  losePurchase(project);

  expect(await project.destroyUnprotected()).toMatchObject({ code: 0 });
  expect(project.resource("PurchaseOrder")).toBeUndefined();
});

test("never sent, it goes, and can't be sent any more", async () => {
  const { sandbox, project } = await sandboxAndModel();
  await upCrashingAt(project, "before-intent-record");
  expect(sandbox.requests()).toHaveLength(0);
  const kept = project.resource("PurchaseOrder");

  expect(await project.destroyUnprotected()).toMatchObject({ code: 0 });
  expect(await sendLate(journalOf(project), kept?.outputs)).toEqual({ kind: "closed" });
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.charges()).toHaveLength(1);
});

test("with the purchase that was bought it goes, as pulumi destroy says", async () => {
  const { sandbox, project } = await sandboxAndModel();
  await project.up("--skip-preview");

  const run = await project.destroyUnprotected();

  expect(run.code).toBe(0);
  expect(project.resource("PurchaseOrder")).toBeUndefined();
  expect(sandbox.requests()).toHaveLength(1);
});

test("an order under which a purchase that was not sent went on stays, where no journal knows how that ended", async () => {
  const { sandbox, project } = await neverSent(newModel);
  await upCrashingAt(project, "answer-read");
  expect(sandbox.charges()).toHaveLength(1);
  project.env.VERCEL_CREDITS_JOURNAL = "off";

  const destroyed = await project.destroyUnprotected();

  expect(destroyed.code).not.toBe(0);
  expect(destroyed.output).toContain("is not deleted, because nobody knows whether it bought");
  expect(sentencesOf(destroyed)).toContain(MAYBE_CHARGED);
  const again = await project.up("--skip-preview");
  expect(again.code).not.toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});
