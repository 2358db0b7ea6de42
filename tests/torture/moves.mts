import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { copyRecords } from "./journal-place.mts";
import { UP } from "./kill-points.mts";
import type { SandboxProcess } from "./sandbox-process.mts";
import { argumentsOf, type Stack } from "./stack.mts";

/** What a round has, and can be added to it. */
export interface Scene {
  readonly folder: string;
  readonly journal: string;
  /** Where a copy of the journal goes. */
  readonly journalCopy: string;
  readonly sandbox: SandboxProcess;
  /** The first one is the one whose update is struck. */
  readonly stacks: readonly Stack[];
  /** A new stack with the same journal, which declares these purchases; on a machine of its own where there are machines. */
  readonly add: (args: Stack["args"]) => Promise<Stack>;
  /** Resolves at some moment of an update. */
  readonly moment: () => Promise<void>;
}

/** What else happens to a stack or its journal in a round. */
interface Move {
  /** While the update runs that something goes wrong in. */
  readonly meanwhile?: (scene: Scene) => Promise<void>;
  /** Before the recovery. Resolves to the stacks that are then to be recovered, in this order. */
  readonly after?: (scene: Scene) => Promise<readonly Stack[]>;
}

export const MOVES: Record<string, Move> = {
  none: {},

  "journal shared with another stack": {
    meanwhile: async (scene) => {
      const other = await scene.add(argumentsOf("other", scene.stacks.flatMap(({ names }) => names).length));
      await other.project.run(...UP);
    },
    after: async ({ stacks }) => stacks,
  },

  // The machine is gone; another one has its state, and a copy of its journal that was made at some moment.
  "journal copied": {
    meanwhile: async (scene) => {
      await scene.moment();
      copyJournal(scene);
    },
    after: async (scene) => {
      const { stacks, sandbox } = scene;
      for (const { project } of stacks) project.killOrphans();
      if (!existsSync(scene.journalCopy)) copyJournal(scene);
      for (const stack of stacks) stack.buysFrom(sandbox, scene.journalCopy);
      return stacks;
    },
  },

  "stack moved": {
    after: async (scene) => [await copyOfStack(scene)],
  },

  "stack copied": {
    after: async (scene) => [...scene.stacks, await copyOfStack(scene)],
  },
};

/** Between machines, whose journal is none of theirs. */
export const REMOTE_MOVES: Record<string, Move> = {
  none: {},
  "journal shared with another stack": MOVES["journal shared with another stack"] as Move,

  "another machine": {
    after: async ({ stacks }) => {
      for (const stack of stacks) {
        await stack.project.machine?.crash();
        await stack.moveToNewMachine();
      }
      return stacks;
    },
  },

  // A person thinks that the first one hangs, or is gone.
  "taken over by another machine meanwhile": {
    meanwhile: async ({ stacks: [stack], moment }) => {
      await moment();
      await stack?.moveToNewMachine();
      await stack?.project.run("cancel", "--yes");
      await stack?.project.run(...UP);
    },
  },

  "stack moved": MOVES["stack moved"] as Move,
  "stack copied": MOVES["stack copied"] as Move,

  "journal copied": {
    after: async (scene) => {
      const { stacks, sandbox } = scene;
      for (const { project } of stacks) await project.machine?.crash();
      await copyRecords(scene.journal, scene.journalCopy);
      for (const stack of stacks) {
        await stack.moveToNewMachine();
        stack.buysFrom(sandbox, scene.journalCopy);
      }
      return stacks;
    },
  },
};

/** Record by record, as a backup does: what is written meanwhile is in it or not. */
function copyJournal(scene: Scene): void {
  if (!existsSync(scene.journal)) return;
  mkdirSync(scene.journalCopy, { recursive: true });
  for (const record of readdirSync(scene.journal)) {
    try {
      copyFileSync(join(scene.journal, record), join(scene.journalCopy, record));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

/** Another backend gets what the stack's state is now. */
async function copyOfStack(scene: Scene): Promise<Stack> {
  const [from] = scene.stacks as [Stack];
  const file = join(from.project.folder, "exported.json");
  await from.project.unlock();
  await from.project.mustRun("stack", "export", "--file", file);
  const to = await scene.add(new Map(from.args));
  await to.project.mustRun("stack", "import", "--file", file);
  return to;
}
