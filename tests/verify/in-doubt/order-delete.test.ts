import { MAYBE_CHARGED } from "../../../provider/src/domain/messages";
import { command } from "../../support/command";
import type { Project, Run } from "../../support/project.mts";
import {
  expectReadable,
  inDoubt,
  killProvider,
  NO_JOURNAL,
  newProject,
  sandboxAndProject,
  sandboxLater,
  sentencesOf,
  upCrashingAt,
  watched,
  whenRequested,
} from "../../support/stack";

/** The order is all that the state has of a purchase whose process was killed: it does not go by itself either. */

async function killedWhileRequested(env = {}) {
  const both = await watched(env);
  both.project.declare({ opts: { protect: false } });
  both.sandbox.misbehave("never-answer");
  const run = both.project.start("up", "--yes", "--skip-preview");
  await whenRequested(both.sandbox, () => killProvider(both.project));
  await run.ended;
  return both;
}

const order = (project: Project) => project.urn("PurchaseOrder");

/** Nothing of it is declared any more. */
const removed = (project: Project) => project.write("purchases.json", "[]");

describe.each([
  ["with its journal", {}],
  ["without one", NO_JOURNAL],
])("an order whose purchase nobody knows the end of stays, %s", (_journal, env) => {
  test.each<[string, (project: Project) => Promise<Run>]>([
    ["pulumi destroy", (project) => project.run("destroy", "--yes", "--skip-preview")],
    [
      "removed from the program",
      (project) => {
        removed(project);
        return project.up("--skip-preview");
      },
    ],
    [
      "destroy --target",
      (project) => project.run("destroy", "--yes", "--skip-preview", "--target", order(project)),
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
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId }, opts: { protect: false } });
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect((await project.run("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });
});

test("its purchase taken out of the state while it is in doubt: the order stays", async () => {
  const { project } = await inDoubt();
  await project.mustRun("state", "delete", project.urn(), "--yes");

  const run = await project.run("destroy", "--yes", "--skip-preview");

  expect(project.resource("PurchaseOrder")).toBeDefined();
  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(run.output).toContain(order(project));
});

test("settled by a person in the journal, it goes", async () => {
  const { sandbox, project } = await killedWhileRequested();
  const orderId = `${project.resource("PurchaseOrder")?.outputs.orderId}`;

  const settled = await command(["journal", "settle", orderId, "--withdraw"], project.env, project.folder);
  const run = await project.run("destroy", "--yes", "--skip-preview");

  expect(settled).toMatchObject({ status: 0 });
  expect(run.code).toBe(0);
  expect(project.resource("PurchaseOrder")).toBeUndefined();
  expect(await command(["journal"], project.env, project.folder)).toMatchObject({ status: 0 });
  expect(sandbox.requests()).toHaveLength(1);
});

test("known not to have charged, it goes", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare({ opts: { protect: false } });
  sandbox.misbehave("decline");
  await project.up("--skip-preview");
  await project.mustRun("state", "delete", project.urn(), "--yes");

  expect(await project.run("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(project.resource("PurchaseOrder")).toBeUndefined();
});

test("never sent, it goes, and can't be sent any more", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare({ opts: { protect: false } });
  await upCrashingAt(project, "before-intent-record");
  expect(sandbox.requests()).toHaveLength(0);
  expect(project.resource("PurchaseOrder")).toBeDefined();

  expect(await project.run("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.charges()).toHaveLength(1);
});

test("with the purchase that was bought it goes, as pulumi destroy says", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare({ opts: { protect: false } });
  await project.mustRun("up", "--yes", "--skip-preview");

  const run = await project.run("destroy", "--yes", "--skip-preview");

  expect(run.code).toBe(0);
  expect(project.resource("PurchaseOrder")).toBeUndefined();
  expect(sandbox.requests()).toHaveLength(1);
});

test("an order under which a purchase that was not sent went on stays, where no journal knows how that ended", async () => {
  const later = await sandboxLater();
  const project = await newProject({ VERCEL_API_URL: later.url });
  project.config("vercelCredits:preflight", "off");
  project.declare({ opts: { protect: false } });
  await project.up("--skip-preview"); // nothing listens: notSent
  const sandbox = await later.open();
  await upCrashingAt(project, "answer-read");
  expect(sandbox.charges()).toHaveLength(1);
  project.env.VERCEL_CREDITS_JOURNAL = "off";

  const destroyed = await project.run("destroy", "--yes", "--skip-preview");

  expect(destroyed.code).not.toBe(0);
  expect(destroyed.output).toContain("is not deleted, because nobody knows whether it bought");
  expect(sentencesOf(destroyed)).toContain(MAYBE_CHARGED);
  const again = await project.up("--skip-preview");
  expect(again.code).not.toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});
