import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { NO_JOURNAL, sandboxAndProject, upAnew } from "../support/stack";

describe("Pulumi is asked to make it anew, and there is no journal", () => {
  test.each(["--replace", "taint"] as const)(
    "%s of a protected purchase is refused by the engine",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
      await project.up("--skip-preview");

      const run = await upAnew(project, how, project.urn());

      expect(run.code).not.toBe(0);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test.each(["--replace", "taint"] as const)(
    "%s of an unprotected one is refused by its order, and the record stays",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
      project.declare({ opts: { protect: false } });
      await project.up("--skip-preview");
      const kept = project.outputs();

      const run = await upAnew(project, how, project.urn());
      if (how === "taint") await project.mustRun("state", "untaint", project.urn(), "--yes");
      const after = await project.up("--skip-preview");

      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("an order made anew does not buy again for a purchase that is on record", async () => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    project.declare({ opts: { protect: false } });
    await project.up("--skip-preview");

    const run = await project.up("--skip-preview", "--replace", project.urn("PurchaseOrder"));

    expect(run.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    const after = await project.up("--skip-preview");
    expect(after).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a purchase whose record was deleted from the state is not bought again under its old order", async () => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    await project.up("--skip-preview");
    await project.mustRun("state", "delete", project.urn(), "--force", "--yes");

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    expect(sandbox.requests()).toHaveLength(1);
  });
});

describe("a person said how it ended before anything was ordered, and the program says it no more", () => {
  test.each([
    ["adopted", { adopt: "pur_mine" }, CHARGED],
    ["withdrawn", { withdraw: true }, NOTHING_CHARGED],
  ] as const)(
    "%s: tainted, nothing is sent, and untainted it is as it was",
    async (_outcome, args, sentence) => {
      const { sandbox, project } = await sandboxAndProject();
      project.declare({ args, opts: { protect: false } });
      await project.mustRun("up", "--yes", "--skip-preview");
      project.declare({ opts: { protect: false } });
      await project.mustRun("up", "--yes", "--skip-preview");
      const kept = project.outputs();

      const run = await upAnew(project, "taint", project.urn());
      await project.mustRun("state", "untaint", project.urn(), "--yes");
      const after = await project.mustRun("up", "--yes", "--skip-preview");

      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([sentence]);
      expect(run.output).toContain("pulumi state untaint");
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(0);
    },
  );
});

test("without a journal, what a replacement pushes aside is named", async () => {
  const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
  project.declare({ opts: { protect: false } });
  await project.up("--skip-preview");
  const { intentId } = project.outputs() ?? {};

  project.declare({ args: { withdraw: true }, opts: { protect: false } });
  const run = await project.up("--skip-preview", "--replace", project.urn());

  expect(run.output).toContain(`it was on record as bought (${intentId})`);
  expect(run.output).toContain(CHARGED);
  expect(sandbox.requests()).toHaveLength(1);
});
