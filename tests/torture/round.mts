import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Disk } from "./disk.mts";
import { unsettled, violations } from "./judge.mts";
import { KILL_POINTS, pause, UPDATE_MS } from "./kill-points.mts";
import { journalCopy, MOVES, type Scene } from "./moves.mts";
import type { Random } from "./random.mts";
import { type Recovery, recover } from "./recovery.mts";
import { SandboxProcess } from "./sandbox-process.mts";
import { argumentsOf, Stack } from "./stack.mts";

export interface Round {
  readonly killPoint: string;
  readonly move: string;
  readonly purchases: number;
  readonly random: Random;
}

export interface RoundResult extends Omit<Round, "random">, Omit<Recovery, "printed"> {
  readonly charges: number;
  readonly violations: readonly string[];
  /** What the updates of the recovery printed. */
  readonly recovery: readonly string[];
}

/** One stack, one update with several purchases, one kill, one move, the documented recovery, and then the judgement. */
export async function round(
  engine: string,
  { killPoint, move, purchases, random }: Round,
): Promise<RoundResult> {
  const folder = mkdtempSync(join(tmpdir(), "torture-"));
  const sandbox = new SandboxProcess(folder);
  const disk = new Disk(join(folder, "disk"));
  const journal = join(disk.folder, "journal");
  const stacks: Stack[] = [];
  const close = () => {
    for (const { project } of stacks) project.close();
    disk.remove();
    void sandbox.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", close);
  const add: Scene["add"] = async (args) => {
    const stack = new Stack(engine, args);
    stacks.push(stack);
    stack.buysFrom(sandbox, journal);
    stack.declare();
    await stack.project.init();
    return stack;
  };
  try {
    await sandbox.start();
    const { project } = await add(argumentsOf("credits", purchases));
    const scene = { folder, journal, stacks, sandbox, add, moment: () => pause(random(UPDATE_MS)) };
    const { meanwhile, after } = MOVES[move] ?? {};

    await Promise.all([
      KILL_POINTS[killPoint]?.({ project, sandbox, disk, random, purchases }),
      meanwhile?.(scene),
    ]);
    const found: string[] = [];
    const judge = () => {
      const projects = stacks.map((stack) => stack.project);
      found.push(...violations(projects, sandbox.charges(), [journal, journalCopy(scene)]));
    };
    judge();
    await sandbox.mend();
    disk.mend();
    for (const stack of stacks) stack.buysFrom(sandbox, journal);

    const recoveries: Recovery[] = [];
    for (const stack of (await after?.(scene)) ?? stacks) {
      recoveries.push(await recover(stack, () => sandbox.charges(), judge));
      found.push(...unsettled(stack.project, sandbox.charges(), stack.names));
    }
    const sum = (key: "byItself" | "byAPerson") => recoveries.reduce((total, each) => total + each[key], 0);
    return {
      killPoint,
      move,
      purchases: new Set(stacks.flatMap((stack) => stack.names)).size,
      charges: sandbox.charges().length,
      byItself: sum("byItself"),
      byAPerson: sum("byAPerson"),
      violations: [...new Set(found)],
      recovery: recoveries.flatMap(({ printed }) => printed),
    };
  } finally {
    process.off("exit", close);
    await sandbox.kill();
    close();
  }
}
