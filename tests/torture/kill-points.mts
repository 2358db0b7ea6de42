import type { Project } from "../support/project.mts";
import type { Disk } from "./disk.mts";
import type { RemoteServer } from "./journal-place.mts";
import type { Random } from "./random.mts";
import type { SandboxProcess } from "./sandbox-process.mts";

/** What is struck: an update of one stack. */
export interface Target {
  readonly project: Project;
  readonly sandbox: SandboxProcess;
  readonly disk: Disk;
  /** The journal's store, where it is none on the disk. */
  readonly store?: RemoteServer | undefined;
  readonly random: Random;
  /** How many purchases the update makes. */
  readonly purchases: number;
}

/** How long a request takes, so that a kill can meet one under way. */
const REQUEST_MS = 150;

/** About as long as an update takes on a slow machine. */
export const UPDATE_MS = 3000;

/** One update, with something that goes wrong in the middle of it. Resolves when its command line has ended, to when that was. */
type KillPoint = (target: Target) => Promise<string>;

const ANYWHERE: Record<string, KillPoint> = {
  "command line": (target) => struck(target, (child) => target.project.killAlone(child)),
  "provider process": (target) => struck(target, (child) => target.project.killProviders(child)),
  "both at once": (target) =>
    struck(target, (child) => {
      target.project.killProviders(child);
      target.project.killAlone(child);
    }),
  sandbox: (target) => struck(target, () => void target.sandbox.kill()),
  "connection cut before the charge": (target) => cut(target, "cut-before-charge"),
  "connection cut after the charge": (target) => cut(target, "cut-after-charge"),
};

/** What can go wrong with a journal in a folder. */
export const KILL_POINTS: Record<string, KillPoint> = {
  ...ANYWHERE,
  "disk of the journal full": (target) => struck(target, () => target.disk.fill()),
};

/** What can go wrong with one that many machines share. */
export const REMOTE_KILL_POINTS: Record<string, KillPoint> = {
  ...ANYWHERE,
  machine: (target) => struck(target, () => target.project.machine?.crash()),
  store: (target) => struck(target, () => target.store?.kill()),
  "store, back at once": (target) =>
    struck(target, async () => {
      await target.store?.kill();
      await target.store?.mend();
    }),
  "provider process and store": (target) =>
    struck(target, (child) => {
      target.project.killProviders(child);
      return target.store?.kill();
    }),
  "machine and store": (target) =>
    struck(target, () => Promise.all([target.store?.kill(), target.project.machine?.crash()])),
};

/** Of a store that has parts. */
export const PART_KILL_POINTS: Record<string, KillPoint> = {
  "part of the store": (target) => struck(target, () => target.store?.killPart?.()),
};

/** Strikes at a random moment: of the whole update, or soon after one of its charges, whose request is under way then. */
async function struck(
  { project, sandbox, random, purchases }: Target,
  strike: (child: Started["process"]) => unknown,
): Promise<string> {
  await sandbox.misbehave("slow", { milliseconds: REQUEST_MS, times: purchases });
  const charge = random(4) > 0 ? 1 + random(purchases) : undefined;
  const run = project.start(...UP);
  const reached = charge === undefined ? Promise.resolve() : sandbox.whenCharged(charge);
  const moment = charge === undefined ? random(UPDATE_MS) : random(2 * REQUEST_MS);
  const ended = run.ended.then(() => "ended");
  const late = await Promise.race([reached.then(() => pause(moment)), ended]);
  if (late !== "ended") await strike(run.process);
  await run.ended;
  if (late === "ended") return "after its end";
  return `${moment} ms after ${charge === undefined ? "its start" : `charge ${charge}`}`;
}

async function cut(
  { project, sandbox, random, purchases }: Target,
  fault: "cut-before-charge" | "cut-after-charge",
): Promise<string> {
  const before = random(purchases);
  if (before > 0) await sandbox.misbehave("slow", { milliseconds: REQUEST_MS, times: before });
  await sandbox.misbehave(fault);
  await project.run(...UP);
  return `at request ${before + 1}`;
}

type Started = ReturnType<Project["start"]>;

export const UP = ["up", "--yes", "--skip-preview", "--continue-on-error"] as const;

/** Moments are the point here: nothing waits for this to be long enough. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((over) => setTimeout(over, milliseconds));
}
