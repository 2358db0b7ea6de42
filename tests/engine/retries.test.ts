import {
  killProvider,
  NO_JOURNAL,
  sandboxAndProject,
  sentencesOf,
  watched,
  whenRequested,
} from "../support/stack";

const MAYBE = "The card may have been charged.";

describe("Pulumi is killed while the purchase is being made, and there is no journal", () => {
  test("the command line: the next up asks for cancel, then refuses to buy again", async () => {
    const { sandbox, project } = await watched(NO_JOURNAL);
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenRequested(sandbox, () => project.killAlone(run.process));
    killProvider(project);
    await run.ended;
    project.removeEmptyAttributes();

    const locked = await project.up();
    await project.unlock();
    const after = await project.up();
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    const adopted = await project.up();

    expect(locked.output).toContain("locked");
    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE]);
    expect(after.output).toMatch(/credits: .*adopt.*attempt: 2/);
    expect(adopted.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "adopted" });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("the provider process: the next up refuses, and a higher attempt buys", async () => {
    const { sandbox, project } = await watched(NO_JOURNAL);
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenRequested(sandbox, () => killProvider(project));
    const killed = await run.ended;

    const preview = await project.preview();
    const after = await project.up();
    project.declare({ args: { attempt: 2 } });
    const again = await project.up();

    expect(killed.code).not.toBe(0);
    expect(preview.output).not.toContain("will be charged");
    expect(preview.output).toContain("nothing will be bought");
    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE]);
    expect(again.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("during a higher attempt: the record of the first stays, and the second is not sent again", async () => {
    const { sandbox, project } = await watched(NO_JOURNAL);
    sandbox.misbehave("decline");
    await project.up();
    const kept = project.outputs();
    sandbox.misbehave("never-answer");
    project.declare({ args: { attempt: 2 } });
    const run = project.start("up", "--yes");
    await whenRequested(sandbox, () => killProvider(project));
    await run.ended;

    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE]);
    expect(after.output).toMatch(/credits: .*attempt: 3/);
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(2);
  });
});

describe("Pulumi is asked to make it anew, and there is no journal", () => {
  test.each(["--replace", "taint"])("%s of a protected purchase is refused by the engine", async (how) => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    await project.up();
    if (how === "taint") await project.mustRun("state", "taint", project.urn(), "--yes");

    const run = await project.up(...(how === "taint" ? [] : ["--replace", project.urn()]));

    expect(run.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each(["--replace", "taint"])(
    "%s of an unprotected one is refused by its order, and the record stays",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
      project.declare({ opts: { protect: false } });
      await project.up();
      const kept = project.outputs();
      if (how === "taint") await project.mustRun("state", "taint", project.urn(), "--yes");

      const run = await project.up(...(how === "taint" ? [] : ["--replace", project.urn()]));
      if (how === "taint") await project.mustRun("state", "untaint", project.urn(), "--yes");
      const after = await project.up();

      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE]);
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("an order made anew does not buy again for a purchase that is on record", async () => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    project.declare({ opts: { protect: false } });
    await project.up();

    const run = await project.up("--replace", project.urn("PurchaseOrder"));

    expect(run.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    const after = await project.up();
    expect(after).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a purchase whose record was deleted from the state is not bought again under its old order", async () => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    await project.up();
    await project.mustRun("state", "delete", project.urn(), "--force", "--yes");

    const run = await project.up();

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE]);
    expect(sandbox.requests()).toHaveLength(1);
  });
});
