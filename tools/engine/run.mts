import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The user stopped the work (Ctrl-C, or the terminal went away): nothing else is to be tried. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

interface Options {
  limitMs: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
}

const KEPT_LINES = 12;

/**
 * Runs a command and rejects with the end of its output if it fails. When the time is up, or this process is told
 * to stop, the command ends with everything it started: it leads a process group of its own, because neither the
 * shell script of the download nor `go build` takes its children along.
 */
export async function run(command: string, args: string[], options: Options): Promise<void> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let ended: Error | undefined;
  const end = (reason: Error) => {
    ended ??= reason;
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The whole group is gone already.
    }
  };
  const stop = (signal: NodeJS.Signals) => end(new Interrupted(`stopped by ${signal}`));
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  const seconds = options.limitMs / 1000;
  const timer = setTimeout(() => end(new Error(`it took longer than ${seconds} s`)), options.limitMs);

  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      options.onLine?.(line);
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }

  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (ended) throw ended;
    if (status !== 0) throw new Error(kept.join("\n") || `${command} ended with status ${status}`);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, stop);
  }
}
