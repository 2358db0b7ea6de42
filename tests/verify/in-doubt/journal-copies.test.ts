import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { providerKilled } from "../../support/killed";
import type { Project } from "../../support/project.mts";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { copyJournal, journalOf, killProvider, watched, whenRequested } from "../../support/stack";

/** A record that is there proves something in every copy of a journal. One that isn't proves something only in the journal itself. */

/**
 * Two purchases, of which the second is sent while a copy of the journal is older than its request: the copy was made while
 * the first was under way. Then its provider process dies, and with it all that the state could have said.
 */
async function killedAfterCopy(
  declare = (project: Project) => project.declare({ name: "a" }, { name: "b" }),
) {
  const { sandbox, project } = await watched();
  declare(project);
  sandbox.misbehave("slow", { milliseconds: 300 });
  sandbox.misbehave("never-answer");
  const run = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => {});
  const copy = copyJournal(project);
  await whenRequested(sandbox, () => killProvider(project));
  await run.ended;
  return { sandbox, project, copy };
}

/** Sets the journal back: the folder stays the same one, and what is in it is as it was. */
function setBack(project: Project, copy: string): void {
  for (const file of readdirSync(journalOf(project))) {
    if (!readdirSync(copy).includes(file)) rmSync(join(journalOf(project), file));
  }
}

const AFTER_A = `
const { CreditPurchase } = require("pulumi-vercel-credits");
const { attempt = 1 } = require("./attempt.json");
const args = { creditType: "gateway", amount: 100 };
const a = new CreditPurchase("a", args);
new CreditPurchase("b", { ...args, attempt }, { dependsOn: a });`;

/** The name of the purchase whose request was under way. */
const inDoubtOf = (project: Project) =>
  project.outputs("a")?.status === "succeeded" ? ("b" as const) : ("a" as const);

describe("a journal that was copied before the request left proves nothing by what it lacks", () => {
  test("used in place of the journal: nothing is sent, until a person says so", async () => {
    const { sandbox, project, copy } = await killedAfterCopy();
    project.env.VERCEL_CREDITS_JOURNAL = copy;

    const first = await project.up("--skip-preview");
    const second = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(2);
    for (const run of [first, second]) {
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expectReadable(run);
    }
    const lost = inDoubtOf(project);
    project.declare(
      { name: "a", args: lost === "a" ? { attempt: 2 } : {} },
      { name: "b", args: lost === "b" ? { attempt: 2 } : {} },
    );
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(3);
  });

  test("put in the place of the journal's own folder: the same", async () => {
    const { sandbox, project, copy } = await killedAfterCopy();
    rmSync(journalOf(project), { recursive: true });
    cpSync(copy, journalOf(project), { recursive: true, preserveTimestamps: true });

    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(2);
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  });

  test("a preview under it promises no purchase", async () => {
    const { project, copy } = await killedAfterCopy();
    project.env.VERCEL_CREDITS_JOURNAL = copy;

    const preview = await project.preview();

    expect(preview.output).not.toContain("will be charged now");
  });
});

describe("a journal that was set back to a moment before the order was opened", () => {
  test("the order isn't in it any more, so nothing is known of it, and nothing is sent", async () => {
    const { sandbox, project, copy } = await killedAfterCopy((made) => {
      made.write("attempt.json", "{}");
      made.write("index.js", AFTER_A);
    });
    setBack(project, copy);

    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(2);
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    project.write("attempt.json", `{ "attempt": 2 }`);
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.requests()).toHaveLength(3);
  });
});

describe("what never left goes on by itself in the journal itself, and nowhere else", () => {
  test.each([
    ["a copy of it", (project: Project) => copyJournal(project)],
    ["another journal", (project: Project) => join(project.folder, "another")],
    ["none", () => "off"],
  ])("with %s: both are in doubt", async (_what, place) => {
    const { sandbox, project } = await providerKilled({}, "a", "b");
    project.env.VERCEL_CREDITS_JOURNAL = place(project);

    const run = await project.up("--skip-preview", "--continue-on-error");

    expect(sandbox.requests()).toHaveLength(1);
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  });
});
