import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { statOf } from "./processes";

/** Which process wrote a record. Records of earlier versions have `pid` and `host` alone. */
export const writerSchema = z.looseObject({
  pid: z.number(),
  host: z.string(),
  /** Which run of which machine's kernel. Linux only, as all that follows. */
  bootId: z.string().optional(),
  /** Where `pid` means this process: a container counts its processes anew. */
  pidNamespace: z.string().optional(),
  /** In ticks since the boot. A process id is given out again, but not with the same start time. */
  startedAt: z.string().optional(),
});
export type Writer = z.infer<typeof writerSchema>;

export const thisProcess: Writer = identify();

/**
 * Whether the very process that wrote a record has ended: true and false only where that is certain, undefined where
 * it can't be told from here, as for a process of another machine.
 *
 * A process that is dead and not yet collected by its parent (a zombie) has ended. Never throws.
 */
export function hasEnded({ pid, bootId, pidNamespace, startedAt }: Writer): boolean | undefined {
  if (bootId === undefined || bootId !== thisProcess.bootId) return undefined;
  if (pidNamespace === undefined || pidNamespace !== thisProcess.pidNamespace) return undefined;
  if (isGone(pid)) return true;
  const found = statOf(pid);
  // It ended just now, or other users' processes are hidden from this one.
  if (found === undefined) return isGone(pid) ? true : undefined;
  if (found.state === "Z" || found.state === "X") return true;
  return startedAt === undefined ? undefined : found.startedAt !== startedAt;
}

/** Whether no process has this id, for ids that are known to be of this machine. Never throws. */
export function isGone(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false; // 0 and negative ids mean groups of processes
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function identify(): Writer {
  const pid = process.pid;
  const own = { pid, host: hostname() };
  // /proc can be of another PID namespace than this process, and would then tell of other processes.
  if (read(() => readlinkSync("/proc/self")) !== String(pid)) return own;
  return {
    ...own,
    bootId: read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: read(() => readlinkSync("/proc/self/ns/pid")),
    startedAt: statOf(pid)?.startedAt,
  };
}

function read(file: () => string): string | undefined {
  try {
    return file() || undefined;
  } catch {
    return undefined;
  }
}
