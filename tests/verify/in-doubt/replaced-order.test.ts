import type { Project } from "../../support/project.mts";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { NO_JOURNAL, sandboxAndProject, upCrashingAt } from "../../support/stack";

/** An order that is tainted or lost takes along what it knew. Without its journal, the record of its purchase is all there is. */

const UNPROTECTED = { opts: { protect: false } };

const taint = (project: Project) => project.mustRun("state", "taint", project.urn("PurchaseOrder"), "--yes");

/** The journal that a purchase has, and the one that it has during its higher attempt. */
const JOURNALS: [string, Record<string, string>, Record<string, string>][] = [
  ["without a journal", NO_JOURNAL, NO_JOURNAL],
  ["under none, when the first try's is there again", {}, NO_JOURNAL],
];

describe.each(JOURNALS)("a higher attempt whose request was cut by a kill, %s", (_journal, env, during) => {
  test.each<[string, (project: Project) => Promise<unknown>]>([
    ["its order tainted", taint],
    ["its order lost from the state", async (project) => project.loseFromState("PurchaseOrder")],
  ])("%s: that attempt is not used again", async (_how, act) => {
    const { sandbox, project } = await sandboxAndProject(env);
    project.declare(UNPROTECTED);
    sandbox.misbehave("decline");
    await project.up("--skip-preview");
    expect(project.outputs()).toMatchObject({ outcome: "refused" });
    project.declare({ ...UNPROTECTED, args: { attempt: 2 } });
    Object.assign(project.env, during);
    await upCrashingAt(project, "request-left");
    if (env !== during) delete project.env.VERCEL_CREDITS_JOURNAL;
    expect(sandbox.requests()).toHaveLength(2);

    await act(project);
    for (const run of [await project.up("--skip-preview"), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expectReadable(run);
    }
    expect(sandbox.requests()).toHaveLength(2);
    project.declare({ ...UNPROTECTED, args: { attempt: 3 } });

    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(3);
  });
});

/**
 * Nothing that the provider is told of a tainted order differs from a first one, so without a journal this is another purchase,
 * and in no guarantee. The order that was replaced is all that says that the first may have charged, so it is not dropped
 * without a person's word.
 */
test("a killed first try whose order is tainted, without a journal: its order stays until a person removes it, as the error says", async () => {
  const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
  project.declare(UNPROTECTED);
  await upCrashingAt(project, "request-left");
  const inDoubt = await project.up("--skip-preview");
  expect(sentencesOf(inDoubt)).toEqual([MAYBE_CHARGED]);
  expect(project.outputs()).toBeUndefined();
  await taint(project);
  await project.up("--skip-preview");
  expect(sandbox.requests()).toHaveLength(2);
  expect(project.outputs()).toMatchObject({ outcome: "bought" });

  const stopped = await project.up("--skip-preview");

  expect(stopped.code).not.toBe(0);
  expect(sentencesOf(stopped)).toContain(MAYBE_CHARGED);
  expect(stopped.output).toContain("pulumi stack export");
  await project.mustRun("stack", "export", "--file", "state.json");
  const state = JSON.parse(project.read("state.json"));
  state.deployment.resources = state.deployment.resources.filter((one: { delete?: boolean }) => !one.delete);
  project.write("state.json", JSON.stringify(state));
  await project.mustRun("stack", "import", "--file", "state.json");
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.requests()).toHaveLength(2);
});

test("a purchase in doubt that is tainted and bought at a higher attempt in one change leaves nothing behind", async () => {
  const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
  project.declare(UNPROTECTED);
  sandbox.misbehave("cut-after-charge");
  await project.up("--skip-preview");
  await project.mustRun("state", "taint", project.urn(), "--yes");
  project.declare({ ...UNPROTECTED, args: { attempt: 2 } });

  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(project.resources().filter((one) => one.delete)).toEqual([]);
  expect(project.outputs()).toMatchObject({ outcome: "bought", attempt: 2 });
  expect(sandbox.requests()).toHaveLength(2);
});
