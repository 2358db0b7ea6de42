import { join } from "node:path";
import { Project } from "../pulumi-project.mts";
import { Disk } from "./disk.mts";
import { unsettled, violations } from "./judge.mts";
import { KILL_POINTS, UP } from "./kill-points.mts";
import type { Random } from "./random.mts";
import { SandboxProcess } from "./sandbox-process.mts";

export interface RoundResult {
  readonly killPoint: string;
  readonly purchases: number;
  readonly charges: number;
  /** Not on record as bought after the kill, and bought or taken over by plain `pulumi up`. */
  readonly byItself: number;
  /** Settled by `adopt` or a higher `attempt`. */
  readonly byAPerson: number;
  readonly violations: readonly string[];
  /** What the updates of the recovery printed. */
  readonly recovery: readonly string[];
}

const MOST_UPDATES = 8;

/**
 * One stack, one update with several purchases, one kill, and then what the documentation says: `pulumi cancel` and
 * `pulumi up` until all is settled, and where it asks for a person, what a person would do.
 */
export async function round(
  engine: string,
  killPoint: string,
  purchases: number,
  random: Random,
): Promise<RoundResult> {
  const project = new Project({ engine });
  const sandbox = new SandboxProcess(project.folder);
  const disk = new Disk(join(project.folder, "disk"));
  const close = () => {
    project.close(() => disk.remove());
    void sandbox.kill();
  };
  process.once("exit", close);
  try {
    await sandbox.start();
    project.env.VERCEL_API_URL = sandbox.url;
    const journal = join(disk.folder, "journal");
    project.env.VERCEL_CREDITS_JOURNAL = journal;
    const names = Array.from({ length: purchases }, (_, i) => `credits-${i + 1}`);
    const args = new Map(names.map((name, i) => [name, { amount: i + 1, source: name, attempt: 1 }]));
    const declare = () => project.declare(...[...args].map(([name, each]) => ({ name, args: each })));
    declare();
    await project.init();

    await KILL_POINTS[killPoint]?.({ project, sandbox, disk, random, purchases });
    const found = violations(project, sandbox.charges(), journal);
    await sandbox.mend();
    disk.mend();
    project.env.VERCEL_API_URL = sandbox.url;

    const bought = (name: string) => project.outputs(name)?.outcome === "bought";
    const interrupted = names.filter((name) => !bought(name));
    const helped = new Set<string>();
    const recovery: string[] = [];
    let settled = false;
    for (let updates = 0; updates < MOST_UPDATES && !settled; updates++) {
      const run = await project.run(...UP);
      settled = run.code === 0;
      recovery.push(run.output);
      if (run.output.includes("currently locked")) await project.mustRun("cancel", "--yes");
      if (run.output.includes("failed to load checkpoint: EOF")) project.removeEmptyAttributes();
      for (const name of names.filter((each) => asksForAPerson(run.output, each))) {
        helped.add(name);
        const onTheBillingPage = sandbox.charges().find(({ source }) => source === name);
        const now = args.get(name);
        if (now === undefined) continue;
        args.set(
          name,
          Object.assign(onTheBillingPage ? { adopt: onTheBillingPage.intentId } : {}, {
            ...now,
            attempt: onTheBillingPage ? now.attempt : now.attempt + 1,
          }),
        );
      }
      declare();
      found.push(...violations(project, sandbox.charges(), journal));
    }
    found.push(...unsettled(project, sandbox.charges(), names));
    return {
      killPoint,
      purchases,
      charges: sandbox.charges().length,
      byItself: interrupted.filter((name) => !helped.has(name)).length,
      byAPerson: helped.size,
      violations: [...new Set(found)],
      recovery,
    };
  } finally {
    process.off("exit", close);
    await sandbox.kill();
    close();
  }
}

/** Whether an update's output asks a person about this purchase, and doesn't only say who has to be waited for. */
function asksForAPerson(output: string, name: string): boolean {
  return output.split("\n").some((line) => line.includes(`${name}: `) && /\badopt: "/.test(line));
}
