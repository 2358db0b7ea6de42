import type { Charge } from "pulumi-vercel-credits/sandbox";
import { UP } from "./kill-points.mts";
import type { Stack } from "./stack.mts";

export interface Recovery {
  /** Not on record as bought before, and bought or taken over by plain `pulumi up`. */
  readonly byItself: number;
  /** Settled by `adopt` or a higher `attempt`. */
  readonly byAPerson: number;
  /** What its updates printed. */
  readonly printed: readonly string[];
}

const MOST_UPDATES = 8;

/**
 * What the documentation says to do after a crash: `pulumi cancel` where the stack is locked, `pulumi up` until it
 * succeeds, and where that asks for a person, what a person would do who looks at the billing page.
 */
export async function recover(
  stack: Stack,
  charges: () => Charge[],
  afterEach: () => void,
): Promise<Recovery> {
  const { project, names } = stack;
  const interrupted = names.filter((name) => project.outputs(name)?.outcome !== "bought");
  const helped = new Set<string>();
  const printed: string[] = [];
  let settled = false;
  for (let updates = 0; updates < MOST_UPDATES && !settled; updates++) {
    const run = await project.run(...UP);
    settled = run.code === 0;
    printed.push(run.output);
    if (run.output.includes("currently locked")) await project.mustRun("cancel", "--yes");
    if (run.output.includes("failed to load checkpoint: EOF")) project.removeEmptyAttributes();
    for (const name of names.filter((each) => asksForAPerson(run.output, each))) {
      helped.add(name);
      stack.settle(name, charges().find(({ source }) => source === name)?.intentId);
    }
    stack.declare();
    afterEach();
  }
  return {
    byItself: interrupted.filter((name) => !helped.has(name)).length,
    byAPerson: helped.size,
    printed,
  };
}

/** Whether an update's output asks a person about this purchase, and doesn't only say who has to be waited for. */
function asksForAPerson(output: string, name: string): boolean {
  const asks = (line: string) =>
    /\badopt: "/.test(line) ||
    (/set attempt: \d+ to try again/i.test(line) && !/run `pulumi up` again/i.test(line));
  return output.split("\n").some((line) => line.includes(`${name}: `) && asks(line));
}
