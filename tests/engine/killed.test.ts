import { readdirSync } from "node:fs";
import { killedWhileBuying } from "../support/killed";
import type { Project } from "../support/project.mts";
import { CHARGED, MAYBE_CHARGED, sentencesOf } from "../support/sentences";
import {
  journalOf,
  killProvider,
  NO_JOURNAL,
  sandboxAndProject,
  upCrashingAt,
  watched,
  whenRequested,
} from "../support/stack";

/** Kills of the command line and of the provider process, on the real engine. More of them: `tests/verify/killed.test.ts`. */

const records = (project: Project) => readdirSync(journalOf(project)).sort();

describe("the command line was killed while the purchase was being made", () => {
  test("its provider process writes its completion, and the next up takes the purchase over, and sends nothing", async () => {
    const { sandbox, project } = await watched();

    await killedWhileBuying(project, sandbox);

    expect(records(project)).toEqual([
      expect.stringMatching(/^intent\..*\.1\.json$/),
      "journal.1.json",
      expect.stringMatching(/^opening\..*\.000001\.json$/),
      expect.stringMatching(/^order_.*\.completion\.json$/),
    ]);

    const preview = await project.preview();
    const after = await project.up("--skip-preview");
    const again = await project.up("--skip-preview");

    expect(preview.output).toMatch(/credits: nothing will be bought; .*from the journal.*\$100\.00 .*\(pur_/);
    expect(preview.output).not.toContain("will be charged");
    expect(after.code).toBe(0);
    for (const run of [preview, after]) expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({
      outcome: "bought",
      status: "succeeded",
      intentId: sandbox.charges()[0]?.intentId,
      total: "100.00",
      answer: { purchaseIntent: expect.anything() },
    });
    expect(project.outputs()?.orderId).toBe(project.resource("PurchaseOrder")?.outputs.orderId);
    expect(again.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a purchase that was still waiting its turn is not sent for nobody, and is bought by the next up", async () => {
    const { sandbox, project } = await watched();
    project.declare({ name: "a" }, { name: "b" }, { name: "c" });

    await killedWhileBuying(project, sandbox);
    expect(sandbox.requests()).toHaveLength(1);
    const after = await project.up();

    const promised = after.output.matchAll(/💳 ([abc]): .* will be charged now/g);
    expect(new Set([...promised].map(([, name]) => name)).size).toBe(2);
    expect(after.code).toBe(0);
    expect(["a", "b", "c"].map((name) => project.outputs(name)?.outcome)).toEqual(Array(3).fill("bought"));
    expect(sandbox.charges()).toHaveLength(3);
  });

  test("without a journal, its provider too: the next up asks for cancel, then refuses to buy again", async () => {
    const { sandbox, project } = await watched(NO_JOURNAL);
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes", "--skip-preview");
    await whenRequested(sandbox, () => project.killAlone(run.process));
    killProvider(project);
    await run.ended;
    project.removeEmptyAttributes();

    const locked = await project.up("--skip-preview");
    await project.unlock();
    const after = await project.up("--skip-preview");
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    const adopted = await project.up("--skip-preview");

    expect(locked.output).toContain("locked");
    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE_CHARGED]);
    expect(after.output).toMatch(/credits: .*adopt.*attempt: 2/);
    expect(adopted.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "adopted" });
    expect(sandbox.requests()).toHaveLength(1);
  });
});

describe("the provider process was killed", () => {
  test("once its answer was on record: the next up records it, and sends nothing", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await upCrashingAt(project, "before-state");

    expect(await project.up("--skip-preview")).toMatchObject({
      code: 0,
      output: expect.stringContaining(CHARGED),
    });
    expect(project.outputs()).toMatchObject({ outcome: "bought" });
    expect(sandbox.requests()).toHaveLength(1);
  });
});

test("pulumi cancel, while a purchase is under way: the request is finished, and the next up knows how it ended", async () => {
  const { sandbox, project } = await watched();
  sandbox.misbehave("slow", { milliseconds: 1500 });
  const up = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => up.process.kill("SIGINT"));
  await up.ended;
  await project.run("cancel", "--yes");

  const next = await project.up("--skip-preview");

  expect(next).toMatchObject({ code: 0 });
  expect(project.outputs()).toMatchObject({ outcome: "bought", status: "succeeded" });
  expect(sandbox.requests()).toHaveLength(1);
});
