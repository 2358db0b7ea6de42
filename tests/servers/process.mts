import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_MS = 90_000;
const ASK_EVERY_MS = 50;
const KEPT = 4_000;

export interface Options {
  cwd?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
}

/** A process of a server, which ends with this one at the latest. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = "";

  constructor(
    readonly command: string,
    args: string[],
    { env, ...options }: Options = {},
  ) {
    // In a group of its own: what it starts ends with it.
    const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, {
      ...options,
      env: { ...process.env, ...env },
      stdio,
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        this.#output = (this.#output + data).slice(-KEPT);
      });
    }
    child.on("error", (error) => {
      this.#output += error.message;
    });
    this.#child = child;
    this.#closed = once(child, "close").catch(() => {});
    process.on("exit", this.#kill);
  }

  /** Waits until it answers, which `ask` finds out; throws with what it said when it ends instead, or takes too long. */
  async ready(ask: () => Promise<unknown>): Promise<void> {
    const until = Date.now() + READY_MS;
    for (;;) {
      if (this.hasEnded) throw new Error(`${this.command} ended: ${this.#output.trim()}`);
      try {
        await ask();
        return;
      } catch (error) {
        if (Date.now() > until) {
          const why = error instanceof Error ? error.message : error;
          throw new Error(`${this.command} isn't ready after ${READY_MS / 1000} s: ${why}\n${this.#output}`);
        }
      }
      await sleep(ASK_EVERY_MS);
    }
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** At once, with all that it started. */
  async end(): Promise<void> {
    this.#kill();
    if (this.#child.pid !== undefined) await this.#closed;
    process.off("exit", this.#kill);
  }

  readonly #kill = () => {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // The group is gone.
    }
  };
}

/** Runs a command that ends by itself. */
export async function runToEnd(command: string, args: string[], options: Options = {}): Promise<void> {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: READY_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output = (output + data).slice(-KEPT);
    });
  }
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${command} failed: ${output.trim()}`);
}

/** Ports that are free now, each another. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
