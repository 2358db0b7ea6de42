import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CHARGED, sentencesOf } from "../../support/sentences";
import { copyJournal, sandboxAndModel, upCrashingAt } from "../../support/stack";

describe("what is recorded proves something in every copy of a journal", () => {
  test("a completion: the purchase is put on record from the copy, and nothing is sent", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await upCrashingAt(project, "before-state");
    project.env.VERCEL_CREDITS_JOURNAL = copyJournal(project);

    const next = await project.up("--skip-preview");

    expect(next.code).toBe(0);
    expect(sentencesOf(next)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({
      outcome: "bought",
      intentId: sandbox.charges()[0]?.intentId,
    });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("an outcome on record in the state is not overruled by a journal that lacks it", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await project.up("--skip-preview");
    const kept = project.outputs();
    const copy = copyJournal(project);
    for (const file of readdirSync(copy)) if (file.includes("order_")) rmSync(join(copy, file));
    project.env.VERCEL_CREDITS_JOURNAL = copy;

    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(1);
    expect(run.code).not.toBe(0);
    expect(project.outputs()).toEqual(kept);
  });
});
