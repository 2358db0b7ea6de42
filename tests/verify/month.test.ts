import type { CrashPoint } from "../../provider/src/charge/crash-points";
import { killedWhileBuying } from "../support/killed";
import { stacksOfMonth } from "../support/month";
import { MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { upCrashingAt, watch } from "../support/stack";

/** What only the engine shows of the month's budget: processes that are killed, and machines whose clocks differ. */

const DAY_MS = 24 * 3600 * 1000;
const LIMIT = 150;

/** An up that the month has no room for. */
async function expectNoRoom(project: Awaited<ReturnType<typeof stacksOfMonth>>["first"]) {
  const run = await project.up("--skip-preview");
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("vercelCredits:maxAmountPerMonth allows $150.00");
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
}

test("what a killed update never sent leaves no ghost: who needs its room closes it, and its own stack then finds none", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
  await upCrashingAt(first, "before-intent-record");

  await second.mustRun("up", "--yes", "--skip-preview");
  await expectNoRoom(first);

  first.config("vercelCredits:maxAmountPerMonth", "200");
  await first.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.requests()).toHaveLength(2);
});

test.each<CrashPoint>(["after-intent-record", "request-left", "answer-read", "before-completion"])(
  "killed %s, it may have been charged and counts, until a person says that it wasn't",
  async (point) => {
    const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
    await upCrashingAt(first, point);
    const sent = sandbox.requests().length;

    const preview = await second.preview();
    expect(preview.output).toContain("$100.00 of it in doubt");
    await expectNoRoom(second);

    first.declare({ name: "of-0", args: { withdraw: true } });
    await first.mustRun("up", "--yes", "--skip-preview");
    await second.mustRun("up", "--yes", "--skip-preview");
    expect(sandbox.requests()).toHaveLength(sent + 1);
  },
);

test("killed once its completion was on record, it counts as what it came to", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
  await upCrashingAt(first, "before-state");

  await expectNoRoom(second);
  expect(sandbox.charges()).toHaveLength(1);
});

test("its command line killed, it counts as what its provider process then wrote", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
  watch(first);
  await killedWhileBuying(first, sandbox);

  await expectNoRoom(second);
  expect(sandbox.charges()).toHaveLength(1);
});

test("a higher attempt takes the place of what it gives up, and no more", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
  sandbox.misbehave("cut-after-charge");
  const run = await first.up("--skip-preview");
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);

  first.declare({ name: "of-0", args: { attempt: 2 } });
  await first.mustRun("up", "--yes", "--skip-preview");

  expect(sandbox.requests()).toHaveLength(2);
  await expectNoRoom(second);
});

test("each month has a budget of its own, by the clock at the opening", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, LIMIT);
  await first.mustRun("up", "--yes", "--skip-preview");

  second.preload("clock-ahead");
  second.env.TEST_CLOCK_AHEAD_MS = "40000";
  await expectNoRoom(second);
  second.env.TEST_CLOCK_AHEAD_MS = `${32 * DAY_MS}`;
  await second.mustRun("up", "--yes", "--skip-preview");

  expect(sandbox.charges()).toHaveLength(2);
});

test("without a journal, a limit is refused: nobody would know what the month has charged", async () => {
  const { sandbox, first } = await stacksOfMonth(1, LIMIT);
  first.env.VERCEL_CREDITS_JOURNAL = "off";

  const run = await first.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/vercelCredits:maxAmountPerMonth is \$150\.00, but the journal is off/);
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expect(sandbox.requests()).toHaveLength(0);
});
