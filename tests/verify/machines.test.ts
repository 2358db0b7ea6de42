import { Client } from "pg";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { CrashPoint } from "../../provider/src/charge/crash-points";
import { whatIsMissing } from "../../tools/servers/found.mts";
import type { RealServer } from "../servers/server.mts";
import { startServer } from "../servers/start.mts";
import { Machine } from "../support/machine.mts";
import type { Project } from "../support/project.mts";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { closeLater, sandboxAndProject, upCrashingAt, whenRequested } from "../support/stack";
import { Wire } from "../support/wire.mts";

/**
 * Two machines that share the stack's state and a journal, and see nothing else of each other: each has its own processes,
 * host name and disk. The second takes over from the first, which is gone.
 */

/** Longer than any lease: the second machine is asked when that has run out. */
const LATER = { TEST_LATER_MS: String(60 * 60_000) };

let server: RealServer;
let journals = 0;

const isThere = whatIsMissing("postgres") === undefined && process.getuid?.() === 0;
const describeThere = isThere ? describe : describe.skip;

beforeAll(async () => {
  if (isThere) server = await startServer("postgres");
});
afterAll(() => server?.stop());

/** A project that is worked on from a first machine, and its journal. */
async function onFirstMachine() {
  const journal = server.address(`journal${++journals}`);
  const { sandbox, project } = await sandboxAndProject({ VERCEL_CREDITS_JOURNAL: journal });
  project.preload("later");
  project.machine = await boot("first");
  return { sandbox, project, journal };
}

async function boot(name: string): Promise<Machine> {
  const machine = await Machine.boot(name);
  closeLater(() => machine.crash());
  return machine;
}

/** The first machine is gone, with its disk. */
async function takeOver(project: Project): Promise<void> {
  await project.machine?.crash();
  project.machine = await boot("second");
  await project.unlock();
}

/** An update of the first machine that ends at this point, and the machine with it. */
async function crashed(point: CrashPoint) {
  const first = await onFirstMachine();
  await upCrashingAt(first.project, point);
  await takeOver(first.project);
  return first;
}

const intentOf = (sandbox: Sandbox) => sandbox.charges()[0]?.intentId;

describeThere("a machine that crashed, with its disk gone", () => {
  test("after its outcome was in the journal: another one records it, and nothing is sent", async () => {
    const { sandbox, project } = await crashed("before-state");

    const preview = await project.preview();
    const run = await project.up("--skip-preview");
    const after = await project.up("--skip-preview");

    expect(preview.output).toContain("nothing will be bought; recorded from the journal");
    expect(run.code).toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({ outcome: "bought", intentId: intentOf(sandbox) });
    expect(after.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("before its purchase was claimed: another one goes on by itself", async () => {
    const { sandbox, project } = await crashed("before-intent-record");
    expect(sandbox.requests()).toHaveLength(0);

    const preview = await project.preview();
    const run = await project.up("--skip-preview");

    expect(preview.output).toContain("will be charged now");
    expect(run.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "bought", intentId: intentOf(sandbox) });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each([
    ["after-intent-record", 0],
    ["request-left", 1],
    ["answer-read", 1],
    ["before-completion", 1],
  ] as const)("%s: another one asks a person, and sends nothing", async (point, requests) => {
    const { sandbox, project } = await crashed(point);

    Object.assign(project.env, LATER);
    const preview = await project.preview();
    const run = await project.up("--skip-preview");
    expect(sandbox.requests()).toHaveLength(requests);
    // What a person would do who looks at the billing page.
    const found = intentOf(sandbox);
    project.declare({ args: found === undefined ? { attempt: 2 } : { adopt: found } });
    const settled = await project.up("--skip-preview");

    expect(preview.output).toContain("nothing will be bought, and `pulumi up` will fail");
    expect(run.code).not.toBe(0);
    for (const asking of [preview, run]) {
      expect(sentencesOf(asking)).toEqual([MAYBE_CHARGED]);
      expect(asking.output).toMatch(/adopt.*attempt: 2/);
    }
    expect(settled.code).toBe(0);
    expect(project.outputs()).toMatchObject({
      outcome: found === undefined ? "bought" : "adopted",
      intentId: intentOf(sandbox),
    });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("while it may still be sending, the message names it and until when, and attempt, adopt and withdraw are refused", async () => {
    const { sandbox, project } = await crashed("request-left");
    const naming = /on first may still be sending .*, until (\d{4}-\S+Z) at the latest/;

    const plain = [await project.preview(), await project.up("--skip-preview")];
    const refused = [];
    for (const args of [{ attempt: 2 }, { adopt: "pur_0" }, { withdraw: true }]) {
      project.declare({ args });
      refused.push(await project.up("--skip-preview"));
    }

    for (const run of [...plain, ...refused]) {
      const until = naming.exec(run.output)?.[1] ?? "";
      expect(Date.parse(until)).toBeGreaterThan(Date.now());
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    }
    for (const run of [plain[1], ...refused]) expect(run?.code).not.toBe(0);
    expect(project.outputs()).toBeUndefined();
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("it was not gone after all: what it bought is recorded, and nothing is sent by the other one", async () => {
    const { sandbox, project } = await onFirstMachine();
    sandbox.misbehave("slow", { milliseconds: 15_000 });
    const first = project.start("up", "--yes", "--skip-preview");
    const [machine] = [project.machine];
    await whenRequested(sandbox, () => undefined);
    project.machine = await boot("second");
    await project.mustRun("cancel", "--yes");

    const early = await project.up("--skip-preview");
    await first.ended;
    await machine?.crash();
    await project.unlock();
    const later = await project.up("--skip-preview");

    expect(early.code).not.toBe(0);
    expect(sentencesOf(early)).toEqual([MAYBE_CHARGED]);
    expect(early.output).toContain("on first may still be sending");
    expect(later.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "bought", intentId: intentOf(sandbox) });
    expect(sandbox.requests()).toHaveLength(1);
  });
});

describeThere("the journal can't be reached", () => {
  async function wired() {
    const wire = await Wire.open(server.port);
    closeLater(() => wire.close());
    const name = `journal${++journals}`;
    const both = await sandboxAndProject({ VERCEL_CREDITS_JOURNAL: server.address(name, wire.port) });
    const completions = async () => {
      const client = new Client({ connectionString: server.address(name) });
      await client.connect();
      const { rows } = await client.query(`SELECT record FROM ${name} WHERE name LIKE '%.completion'`);
      await client.end();
      return rows.map(({ record }) => record);
    };
    return { ...both, wire, completions };
  }

  test("before an update: it stops, nothing was charged, and a plain re-run is enough; a preview works, and says what it could not know", async () => {
    const { sandbox, project, wire } = await wired();
    wire.cut();

    const preview = await project.preview();
    const stopped = await project.up("--skip-preview");
    wire.mend();
    const again = await project.up("--skip-preview");

    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(
      /credits: The journal .* can't be read or written: .*asks again, and buys nothing/,
    );
    expect(stopped.code).not.toBe(0);
    expect(stopped.output).toMatch(/credits was not bought\. The journal .* can't be read or written/);
    expect(sentencesOf(stopped)).toEqual([NOTHING_CHARGED]);
    expect(again.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("once the request has left: the state has the charge, a line says that the journal lacks it, and the next update writes it", async () => {
    const { sandbox, project, wire, completions } = await wired();
    sandbox.misbehave("slow", { milliseconds: 1000 });
    const run = project.start("up", "--yes", "--skip-preview");
    await whenRequested(sandbox, () => wire.cut());

    const charged = await run.ended;
    const away = await project.up("--skip-preview");
    expect(await completions()).toEqual([]);
    wire.mend();
    const back = await project.up("--skip-preview");
    const after = await project.up("--skip-preview");

    for (const one of [charged, away, back]) expect(one.code).toBe(0);
    expect(charged.output).toMatch(
      /credits: the journal could not keep the outcome: .*The next update writes it/,
    );
    expect(sentencesOf(charged)).toEqual([CHARGED]);
    expect(away.output).toContain("credits: the journal still can't keep its outcome");
    expect(await completions()).toEqual([expect.stringContaining(`${intentOf(sandbox)}`)]);
    expect(after.output).toContain("3 unchanged");
    expect(project.outputs()).toMatchObject({ outcome: "bought", intentId: intentOf(sandbox) });
    expect(sandbox.requests()).toHaveLength(1);
  });
});
