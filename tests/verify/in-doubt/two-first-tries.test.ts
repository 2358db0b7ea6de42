import { cpSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { command } from "../../support/command";
import { expectNames } from "../../support/first-order";
import { gatedServer, http, says } from "../../support/hostile";
import { overlapping } from "../../support/overlapping";
import type { Project, Run } from "../../support/project.mts";
import { CHARGED, expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { inDoubt, newProject, sandboxAndProject } from "../../support/stack";

/**
 * Two orders for one purchase, of which none knows of the other by the state: the journal does, and lets only the first of
 * them send.
 */

async function journalCommand(project: Project) {
  return command(["journal"], project.env, project.folder);
}

describe("an update that was cancelled while it waited, and a second one", () => {
  test("both first tries: one request, and the later one says which was first", async () => {
    const { sandbox, project } = await sandboxAndProject();

    const { first, second } = await overlapping(project, () => project.up("--skip-preview"));

    expect(sandbox.requests()).toHaveLength(1);
    expect(second.code).toBe(0);
    expect(first.code).not.toBe(0);
    expect(sentencesOf(first)).toEqual([CHARGED]);
    expectNames(first, sandbox.charges()[0]?.intentId, "another name");
    expectReadable(first);
    expect(await journalCommand(project)).toMatchObject({ status: 0 });

    // The state is the first update's, which wrote last.
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("the same, with the second one in doubt", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("cut-after-charge");

    const { first, second } = await overlapping(project, () => project.up("--skip-preview"));

    expect(sandbox.requests()).toHaveLength(1);
    expect([first.code, second.code]).not.toContain(0);
    expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
    expect(await journalCommand(project)).toMatchObject({ status: 1 });
  });

  test("with the same higher attempt in both", async () => {
    const { sandbox, project } = await inDoubt();
    project.declare({ args: { attempt: 2 }, opts: { protect: false } });

    const { first, second } = await overlapping(project, () => project.up("--skip-preview"));

    expect(sandbox.requests()).toHaveLength(2);
    expect(second.code).toBe(0);
    expect(first.code).not.toBe(0);
    expect(sentencesOf(first)).toEqual([CHARGED]);
    expectReadable(first);
  });

  test("while the request of the other one is under way: the line says so, and nothing is sent", async () => {
    const body = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "succeeded" } });
    const { url, arrived, whenRequested, answerNow } = await gatedServer(says(http(body)));
    const project = await newProject({ VERCEL_API_URL: url });
    project.declare({});
    // The state as it was before anything was ordered, which the second update works on.
    cpSync(join(project.folder, "state"), join(project.folder, "copy"), { recursive: true });
    const first = project.start("up", "--yes", "--skip-preview");
    await whenRequested;
    // Of the later ones: however patiently they wait, it is not for long.
    project.config("vercelCredits:timeoutSeconds", "2");
    const runs: Run[] = [];
    for (const args of [{}, { attempt: 2 }, { withdraw: true }]) {
      project.declare({ args });
      project.env.PULUMI_BACKEND_URL = `file://${join(project.folder, "copy")}`;
      runs.push(await project.up("--skip-preview", "--stack", "dev"));
    }
    const requestsMeanwhile = arrived.buying;
    answerNow();

    expect(requestsMeanwhile).toBe(1);
    expect((await first.ended).code).toBe(0);
    for (const run of runs) {
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expect(run.output).toContain(hostname());
      expect(run.output).toMatch(/\d{4}-\d\d-\d\d/);
      expectReadable(run);
    }
    expect(arrived.buying).toBe(1);
  }, 240_000);
});

describe("a state that doesn't know of the first order", () => {
  /** The stack as it is now, in a second backend, as a second checkout with a state of its own has it. */
  function inCopy(project: Project): () => void {
    const copy = join(project.folder, "copy");
    cpSync(join(project.folder, "state"), copy, { recursive: true });
    return () => {
      project.env.PULUMI_BACKEND_URL = `file://${copy}`;
    };
  }

  test("copied before the first up", async () => {
    const { sandbox, project } = await sandboxAndProject();
    const turnToCopy = inCopy(project);
    await project.mustRun("up", "--yes", "--skip-preview");
    const orderId = project.outputs()?.orderId;
    turnToCopy();

    const run = await project.up("--skip-preview", "--stack", "dev");

    expect(sandbox.requests()).toHaveLength(1);
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
    expectNames(run, orderId, "another name");
  });

  test.each([
    ["bought", undefined, CHARGED],
    ["in doubt", "cut-after-charge", MAYBE_CHARGED],
  ] as const)(
    "copied while in doubt, and the same higher attempt in both; the first %s",
    async (_what, fault, sentence) => {
      const { sandbox, project } = await inDoubt();
      const turnToCopy = inCopy(project);
      project.declare({ args: { attempt: 2 }, opts: { protect: false } });
      if (fault) sandbox.misbehave(fault);
      await project.up("--skip-preview");
      turnToCopy();

      const run = await project.up("--skip-preview", "--stack", "dev");
      const again = await project.up("--skip-preview", "--stack", "dev");

      expect(sandbox.requests()).toHaveLength(2);
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([sentence]);
      expect(again.code).not.toBe(0);
      // A still higher one is another person's word.
      project.declare({ args: { attempt: 3 }, opts: { protect: false } });
      expect((await project.up("--skip-preview", "--stack", "dev")).code).toBe(0);
      expect(sandbox.requests()).toHaveLength(3);
    },
  );
});
