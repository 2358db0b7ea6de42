import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Charge, Fault, FaultOptions } from "pulumi-vercel-credits/sandbox";

const COMMAND = "provider/dist/cli/main.js";

/** The sandbox as a process of its own, which can be killed and started again. What it charged is in a file. */
export class SandboxProcess {
  #child: ChildProcess | undefined;
  #charged = 0;
  #listeners: (() => void)[] = [];
  url = "";
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, "charges.jsonl");
  }

  /** Again at the same address, which is a part of what a purchase is. */
  async start(): Promise<void> {
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const child = spawn(process.execPath, [COMMAND, "sandbox", "--port", port, "--charges", this.#file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    const lines = createInterface(child.stdout);
    const [first] = (await once(lines, "line")) as [string];
    this.url = /http:\S+/.exec(first)?.[0] ?? "";
    lines.on("line", (line) => {
      if (!line.includes("charged $")) return;
      this.#charged++;
      for (const listener of this.#listeners.splice(0)) listener();
    });
  }

  /** Resolves once it has charged so often since it was made. */
  async whenCharged(times: number): Promise<void> {
    while (this.#charged < times) await new Promise<void>((next) => this.#listeners.push(next));
  }

  async misbehave(fault: Fault, options: FaultOptions = {}): Promise<void> {
    const body = JSON.stringify({ fault, ...options });
    const response = await fetch(`${this.url}/sandbox/next`, { method: "POST", body });
    if (!response.ok) throw new Error(await response.text());
  }

  /** What a card would have been charged, from the sandbox's own file. */
  charges(): Charge[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Starts it again where it was killed. */
  async mend(): Promise<void> {
    if (this.#child === undefined) await this.start();
  }
}
