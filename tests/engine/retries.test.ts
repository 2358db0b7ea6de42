import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { Project } from "../../tools/pulumi-project.mts";
import { sandboxAndProject } from "../support/stack";

const MAYBE = "The card may have been charged.";
const WATCHED = `--require ${resolve("tests/support/in-provider.cjs")}`;

/** A project whose provider processes are written down, so that they can be killed. */
async function watched() {
  const both = await sandboxAndProject({ NODE_OPTIONS: WATCHED });
  both.project.env.TEST_WATCH_FOLDER = both.project.folder;
  return both;
}

/** The provider process of the newest run: its preview has one of its own. */
function killProvider(project: Project): void {
  const pids = readFileSync(join(project.folder, "providers"), "utf8").trim().split("\n");
  process.kill(Number(pids.at(-1)), "SIGKILL");
}

/** Holds the request, and goes on when it has arrived. */
async function whenCharged(sandbox: Sandbox, act: () => void): Promise<void> {
  await sandbox.nextRequest();
  act();
}

describe("Pulumi is killed while the purchase is being made", () => {
  test("the command line: the next up asks for cancel, then refuses to buy again", async () => {
    const { sandbox, project } = await watched();
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenCharged(sandbox, () => project.killAlone(run.process));
    killProvider(project);
    await run.ended;

    const locked = await project.up();
    await project.mustRun("cancel", "--yes");
    const after = await project.up();
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    const adopted = await project.up();

    expect(locked.output).toContain("locked");
    expect(after.code).not.toBe(0);
    expect(after.output).toMatch(/was opened by an earlier run.* The card may have been charged\./);
    expect(adopted.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("the provider process: the next up refuses, and a higher attempt buys", async () => {
    const { sandbox, project } = await watched();
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenCharged(sandbox, () => killProvider(project));
    const killed = await run.ended;

    const preview = await project.preview();
    const after = await project.up();
    project.declare({ args: { attempt: 2 } });
    const again = await project.up();

    expect(killed.code).not.toBe(0);
    expect(preview.output).not.toContain("will be charged");
    expect(preview.output).toContain("nothing will be bought");
    expect(after.code).not.toBe(0);
    expect(after.output).toContain(MAYBE);
    expect(again.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("during a higher attempt: the record of the first stays, and the second is not sent again", async () => {
    const { sandbox, project } = await watched();
    sandbox.misbehave("decline");
    await project.up();
    const kept = project.outputs();
    sandbox.misbehave("never-answer");
    project.declare({ args: { attempt: 2 } });
    const run = project.start("up", "--yes");
    await whenCharged(sandbox, () => killProvider(project));
    await run.ended;

    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(after.output).toMatch(/The card may have been charged\..*set attempt: 3/);
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(2);
  });
});

describe("Pulumi is asked to make it anew", () => {
  test.each(["--replace", "taint"])("%s of a protected purchase is refused by the engine", async (how) => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();
    if (how === "taint") await project.mustRun("state", "taint", project.urn(), "--yes");

    const run = await project.up(...(how === "taint" ? [] : ["--replace", project.urn()]));

    expect(run.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each(["--replace", "taint"])(
    "%s of an unprotected one is refused by its order, and the record stays",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject();
      project.declare({ opts: { protect: false } });
      await project.up();
      const kept = project.outputs();
      if (how === "taint") await project.mustRun("state", "taint", project.urn(), "--yes");

      const run = await project.up(...(how === "taint" ? [] : ["--replace", project.urn()]));
      if (how === "taint") await project.mustRun("state", "untaint", project.urn(), "--yes");
      const after = await project.up();

      expect(run.code).not.toBe(0);
      expect(run.output).toContain(MAYBE);
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("an order made anew does not buy again for a purchase that is on record", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.declare({ opts: { protect: false } });
    await project.up();

    const run = await project.up("--replace", project.urn("PurchaseOrder"));

    expect(run.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    expect((await project.up()).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a purchase whose record was deleted from the state is not bought again under its old order", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();
    await project.mustRun("state", "delete", project.urn(), "--force", "--yes");

    const run = await project.up();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain(MAYBE);
    expect(sandbox.requests()).toHaveLength(1);
  });
});
