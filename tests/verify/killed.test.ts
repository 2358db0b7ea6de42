import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { providerKilled } from "../support/killed";
import { CHARGED, MAYBE_CHARGED, sentencesOf } from "../support/sentences";
import {
  journalOf,
  killProvider,
  NO_JOURNAL,
  neverSent,
  newProject,
  sandboxAndProject,
  upAnew,
  watched,
  whenRequested,
} from "../support/stack";

/** More than `tests/engine/killed.test.ts` shows. */

test("the command line was killed, and a higher attempt buys nothing where the first turns out to have bought, and says so", async () => {
  const { sandbox, project } = await watched();
  // The provider process goes on, and the next update comes while it does.
  sandbox.misbehave("slow", { milliseconds: 3000 });
  const run = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => project.killAlone(run.process));
  await run.ended;
  await project.unlock();

  project.declare({ args: { attempt: 2 } });
  const raised = await project.up("--skip-preview");
  const preview = await project.preview();

  expect(raised.code).toBe(0);
  expect(raised.output).toMatch(/credits: .*attempt 2 was not used.*attempt back to 1/);
  expect(project.outputs()).toMatchObject({
    outcome: "bought",
    attempt: 1,
    intentId: sandbox.charges()[0]?.intentId,
  });
  // From now on it is on this state's own record, so a higher attempt is refused.
  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/credits: attempt /);
  for (const run of [raised, preview]) expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});

test("the provider process was killed without a journal: the next up refuses, and a higher attempt buys", async () => {
  const { sandbox, project } = await providerKilled(NO_JOURNAL);

  const preview = await project.preview();
  const after = await project.up("--skip-preview");
  project.declare({ args: { attempt: 2 } });
  const again = await project.up("--skip-preview");

  expect(preview.output).not.toContain("will be charged");
  expect(preview.output).toContain("nothing will be bought");
  expect(after.code).not.toBe(0);
  expect(sentencesOf(after)).toEqual([MAYBE_CHARGED]);
  expect(again.code).toBe(0);
  expect(sandbox.requests()).toHaveLength(2);
});

test("the provider process was killed during a higher attempt, without a journal: the record of the first stays, and the second is not sent again", async () => {
  const { sandbox, project } = await watched(NO_JOURNAL);
  sandbox.misbehave("decline");
  await project.up("--skip-preview");
  const kept = project.outputs();
  sandbox.misbehave("never-answer");
  project.declare({ args: { attempt: 2 } });
  const run = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => killProvider(project));
  await run.ended;

  const after = await project.up("--skip-preview");

  expect(after.code).not.toBe(0);
  expect(sentencesOf(after)).toEqual([MAYBE_CHARGED]);
  expect(after.output).toMatch(/credits: .*attempt: 3/);
  expect(project.outputs()).toEqual(kept);
  expect(sandbox.requests()).toHaveLength(2);
});

test("a higher attempt that is taken back buys nothing, though its order was opened", async () => {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("cut-after-charge");
  await project.up("--skip-preview");
  project.declare({ args: { attempt: 2 } });
  await project.up("--skip-preview", "--target", project.urn("PurchaseOrder"));

  project.declare({ args: { attempt: 1 } });
  const preview = await project.preview();
  const back = await project.up("--skip-preview");
  project.declare({ args: { attempt: 2 } });
  const raised = await project.up("--skip-preview");

  expect(preview.output).not.toContain("will be charged");
  expect(back.code).not.toBe(0);
  for (const run of [preview, back]) expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(raised.code).toBe(0);
  expect(sandbox.requests()).toHaveLength(2);
});

describe("the state lost the purchase, and the journal has it", () => {
  test("deleted from the state: its record comes back, and nothing is sent", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up("--skip-preview");
    const kept = project.outputs();
    await project.mustRun("state", "delete", project.urn(), "--force", "--yes");

    const run = await project.up("--skip-preview");

    expect(run.code).toBe(0);
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each(["--replace", "taint"] as const)(
    "%s of an unprotected one: the same purchase is put on record again",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject();
      project.declare({ opts: { protect: false } });
      await project.up("--skip-preview");
      const kept = project.outputs();

      const run = await upAnew(project, how, project.urn());
      const after = await project.up("--skip-preview");

      expect(run.code).toBe(0);
      expect(run.output).not.toContain("forgotten");
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("two copies of a stack that reach the same order at once buy it once, and the other one names the first", async () => {
    const { sandbox, project } = await neverSent(newProject);
    cpSync(join(project.folder, "state"), join(project.folder, "copy"), { recursive: true });
    const backends = ["state", "copy"].map((folder) => `file://${join(project.folder, folder)}`);
    const upOn = (backend?: string) => {
      project.env.PULUMI_BACKEND_URL = backend;
      return project.up("--stack", "dev", "--skip-preview");
    };

    const both = await Promise.all(backends.map(upOn));
    const later = backends[both.findIndex(({ code }) => code !== 0)];
    const again = await upOn(later);
    const [charge] = sandbox.charges();
    project.declare({ args: { adopt: charge?.intentId } });
    const adopted = await upOn(later);

    expect(both.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(again.code).not.toBe(0);
    expect(sentencesOf(again)).toEqual([CHARGED]);
    expect(again.output).toContain(`${charge?.intentId}`);
    expect(adopted.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    const { resources } = JSON.parse(project.read("copy/.pulumi/stacks/test/dev.json")).checkpoint.latest;
    const kept = [project.resources(), resources].map((all) =>
      all.find(({ urn }: { urn: string }) => urn === project.urn()),
    );
    expect(kept.map(({ outputs }) => outputs.outcome).sort()).toEqual(["adopted", "bought"]);
    expect(kept.map(({ outputs }) => outputs.intentId)).toEqual(Array(2).fill(charge?.intentId));
  });
});

describe("the provider process was killed", () => {
  test("one purchase under way, one before its request left: the first waits for a person, the second goes on by itself", async () => {
    const { sandbox, project } = await providerKilled({}, "a", "b");
    const [charge] = sandbox.charges();

    const preview = await project.preview();
    const after = await project.up("--skip-preview", "--continue-on-error");

    const [doubtful = "", bought = ""] = project.outputs("a")?.outcome === "bought" ? ["b", "a"] : ["a", "b"];
    const line = (output: string, name: string) =>
      output.split("\n").filter((one) => new RegExp(`\\b${name}: `).test(one));
    expect(line(preview.output, doubtful).join()).toContain(
      "nothing will be bought, and `pulumi up` will fail",
    );
    expect(line(preview.output, doubtful).join()).not.toContain("will be charged");
    expect(line(preview.output, bought).join()).toContain("will be charged now");
    expect(after.code).not.toBe(0);
    const doubt = { output: line(after.output, doubtful).join() };
    expect(doubt.output).toMatch(/adopt.*attempt: 2/);
    expect(sentencesOf(doubt)).toEqual([MAYBE_CHARGED]);
    expect(sandbox.charges()).toHaveLength(2);
    expect(project.outputs(bought)?.intentId).not.toBe(charge?.intentId);

    project.declare({ name: doubtful, args: { adopt: charge?.intentId } }, { name: bought });
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(project.outputs(doubtful)).toMatchObject({ outcome: "adopted" });
    expect(readdirSync(journalOf(project))).toContainEqual(
      expect.stringMatching(/^order_.*\.resolution\.1\.json$/),
    );
    expect(sandbox.requests()).toHaveLength(2);
  });
});
