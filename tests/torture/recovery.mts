import type { Charge } from "pulumi-vercel-credits/sandbox";

import { UP } from "./kill-points.mts";
import type { Stack } from "./stack.mts";

export interface Recovery {
  /** Not on record as bought before, and bought or taken over by plain `pulumi up`. */
  readonly byItself: number;
  /** Settled by `adopt` or a higher `attempt`. */
  readonly byAPerson: number;
  /** Another machine could still have been sending, so that these were waited for. */
  readonly waited: number;
  /** What its updates printed. */
  readonly printed: readonly string[];
  /** What they said of the money that isn't so. */
  readonly untrue: readonly string[];
}

const NOTHING_CHARGED = "Nothing was charged.";
const SENTENCES = [NOTHING_CHARGED, "The card may have been charged.", "The card was charged."];

const MOST_UPDATES = 10;
/** Longer than any lease. */
const LATER_MS = 30 * 60_000;

/**
 * What the documentation says to do after a crash: `pulumi cancel` where the stack is locked, `pulumi up` until it
 * succeeds, waiting where that says so, and where it asks for a person, what a person would do who looks at the billing page.
 *
 * @param endOthers Sees to it that no other machine still works on this stack: by then they have ended, or are gone.
 */
export async function recover(
  stack: Stack,
  charges: () => Charge[],
  afterEach: () => Promise<void>,
  endOthers: () => Promise<void>,
): Promise<Recovery> {
  const { project, names } = stack;
  const interrupted = names.filter((name) => project.outputs(name)?.outcome !== "bought");
  const helped = new Set<string>();
  const waited = new Set<string>();
  const printed: string[] = [];
  const untrue: string[] = [];
  let settled = false;
  for (let updates = 0; updates < MOST_UPDATES && !settled; updates++) {
    const run = await project.run(...UP);
    settled = run.code === 0;
    printed.push(run.output);
    if (run.output.includes("currently locked")) await project.mustRun("cancel", "--yes");
    else if (run.output.includes("failed to load checkpoint: EOF")) project.removeEmptyAttributes();
    else if (!settled && !saysWhatOfTheMoney(run.output)) untrue.push("an update failed without a sentence");
    untrue.push(...untrueOf(run.output, names, charges()));
    const waiting = names.filter((name) => asksToWait(run.output, name));
    for (const name of waiting) waited.add(name);
    if (waiting.length > 0) {
      await endOthers();
      project.env.TEST_LATER_MS = String(LATER_MS);
    }
    for (const name of names.filter((each) => asksForAPerson(run.output, each))) {
      helped.add(name);
      stack.settle(name, charges().find(({ source }) => source === name)?.intentId);
    }
    stack.declare();
    await afterEach();
  }
  delete project.env.TEST_LATER_MS;
  return {
    byItself: interrupted.filter((name) => !helped.has(name)).length,
    byAPerson: helped.size,
    waited: waited.size,
    printed,
    untrue,
  };
}

const linesOf = (output: string, name: string) =>
  output.split("\n").filter((line) => line.includes(`${name}: `));

/** Whether an update's output asks a person about this purchase, and doesn't only say who has to be waited for. */
function asksForAPerson(output: string, name: string): boolean {
  const asks = (line: string) =>
    /\badopt: "/.test(line) ||
    (/set attempt: \d+ to try again/i.test(line) && !/run `pulumi up` again/i.test(line));
  return linesOf(output, name).some(asks);
}

function asksToWait(output: string, name: string): boolean {
  return linesOf(output, name).some((line) => /may still be (sending|under way).*Wait until/.test(line));
}

function saysWhatOfTheMoney(output: string): boolean {
  return SENTENCES.some((sentence) => output.includes(sentence));
}

/** Of what was charged, nobody may say that it wasn't. */
function untrueOf(output: string, names: readonly string[], charges: readonly Charge[]): string[] {
  return names
    .filter((name) => charges.some(({ source }) => source === name))
    .flatMap((name) => linesOf(output, name))
    .filter((line) => line.includes(NOTHING_CHARGED))
    .map((line) => `was charged, but: ${line.trim()}`);
}
