import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../support/machine.mts";
import { Disk } from "./disk.mts";
import { type RemoteServer, recordsAt } from "./journal-place.mts";
import { unsettled, violations } from "./judge.mts";
import { KILL_POINTS, PART_KILL_POINTS, pause, REMOTE_KILL_POINTS, UPDATE_MS } from "./kill-points.mts";
import { MOVES, REMOTE_MOVES, type Scene } from "./moves.mts";
import type { Random } from "./random.mts";
import { type Recovery, recover } from "./recovery.mts";
import { SandboxProcess } from "./sandbox-process.mts";
import { argumentsOf, Stack } from "./stack.mts";

export interface Round {
  readonly killPoint: string;
  readonly move: string;
  readonly purchases: number;
  readonly random: Random;
  /** Where the journal is, and then every stack is on a machine of its own. Default: in a folder of this one's. */
  readonly store?: RemoteServer | undefined;
}

export interface RoundResult extends Omit<Round, "random" | "store">, Omit<Recovery, "printed" | "untrue"> {
  /** When it was struck. */
  readonly when: string;
  readonly charges: number;
  readonly violations: readonly string[];
  /** What the updates of the recovery printed. */
  readonly recovery: readonly string[];
}

let rounds = 0;

/** One stack, one update with several purchases, one kill, one move, the documented recovery, and then the judgement. */
export async function round(
  engine: string,
  { killPoint, move, purchases, random, store }: Round,
): Promise<RoundResult> {
  const folder = mkdtempSync(join(tmpdir(), "torture-"));
  const sandbox = new SandboxProcess(folder);
  const disk = new Disk(join(folder, "disk"));
  const number = `round-${++rounds}`;
  const journal = store?.address(number) ?? join(disk.folder, "journal");
  const journalCopy = store?.address(`${number}-copy`) ?? join(folder, "journal-copy");
  const stacks: Stack[] = [];
  const machines = new Set<Machine>();
  const close = () => {
    for (const machine of machines) void machine.crash();
    for (const { project } of stacks) project.close();
    disk.remove();
    void sandbox.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", close);
  const add: Scene["add"] = async (args) => {
    const stack = new Stack(engine, args, store?.env);
    stacks.push(stack);
    stack.buysFrom(sandbox, journal);
    stack.declare();
    await stack.project.init();
    if (store !== undefined) await stack.moveToNewMachine();
    return stack;
  };
  const noteMachines = () => {
    for (const { project } of stacks) if (project.machine !== undefined) machines.add(project.machine);
  };
  try {
    await sandbox.start();
    const stack = await add(argumentsOf("credits", purchases));
    const scene = {
      folder,
      journal,
      journalCopy,
      stacks,
      sandbox,
      add,
      moment: () => pause(random(UPDATE_MS)),
    };
    const { meanwhile, after } = (store === undefined ? MOVES : REMOTE_MOVES)[move] ?? {};
    const strike = store === undefined ? KILL_POINTS : { ...REMOTE_KILL_POINTS, ...PART_KILL_POINTS };

    noteMachines();
    const [when = ""] = await Promise.all([
      strike[killPoint]?.({ project: stack.project, sandbox, disk, store, random, purchases }),
      meanwhile?.(scene),
    ]);
    noteMachines();
    const found: string[] = [];
    const judge = async () => {
      const projects = stacks.map((one) => one.project);
      const records = await Promise.all([journal, journalCopy].map(recordsAt));
      found.push(...violations(projects, sandbox.charges(), records));
    };
    if (store === undefined) await judge();
    await sandbox.mend();
    await store?.mend();
    disk.mend();
    if (store !== undefined) await judge();
    for (const one of stacks) {
      one.buysFrom(sandbox, journal);
      if (one.project.machine?.isUp === false) await one.moveToNewMachine();
    }

    const recoveries: Recovery[] = [];
    for (const one of (await after?.(scene)) ?? stacks) {
      noteMachines();
      const endOthers = async () => {
        for (const machine of machines) if (machine !== one.project.machine) await endOn(machine);
      };
      recoveries.push(await recover(one, () => sandbox.charges(), judge, endOthers));
      found.push(...unsettled(one.project, sandbox.charges(), one.names));
    }
    found.push(...recoveries.flatMap(({ untrue }) => untrue));
    const sum = (key: "byItself" | "byAPerson" | "waited") =>
      recoveries.reduce((total, each) => total + each[key], 0);
    return {
      killPoint,
      when,
      move,
      purchases: new Set(stacks.flatMap((one) => one.names)).size,
      charges: sandbox.charges().length,
      byItself: sum("byItself"),
      byAPerson: sum("byAPerson"),
      waited: sum("waited"),
      violations: [...new Set(found)],
      recovery: recoveries.flatMap(({ printed }) => printed),
    };
  } finally {
    noteMachines();
    process.off("exit", close);
    await sandbox.kill();
    await Promise.all([...machines].map((machine) => machine.crash()));
    close();
  }
}

/** Waits until nothing of ours runs on a machine any more; one that hangs is switched off. */
async function endOn(machine: Machine): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (machine.isUp && machine.running("dynamic-provider").length > 0) {
    if (Date.now() > deadline) return machine.crash();
    await pause(50);
  }
}
