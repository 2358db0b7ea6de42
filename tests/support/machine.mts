import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A machine of its own on this one's kernel: its processes have a namespace of their own, so that no other machine sees
 * them, it has a host name, and a disk that is gone with it. The network is shared. Needs root.
 */
export class Machine {
  readonly name: string;
  /** Its home, and all that programs keep on it. */
  readonly disk: string;
  readonly #child: ChildProcess;
  readonly #init: number;

  private constructor(name: string, disk: string, child: ChildProcess, init: number) {
    this.name = name;
    this.disk = disk;
    this.#child = child;
    this.#init = init;
  }

  static async boot(name: string): Promise<Machine> {
    const disk = mkdtempSync(join(tmpdir(), `${name}-`));
    // Bash, because the first process of a machine has to collect those whose parents have ended.
    const boot = `hostname "$0" && mount -t tmpfs tmpfs "$1" && mkdir "$1/home" && echo booted && read -r _`;
    const namespaces = ["--pid", "--uts", "--mount", "--fork", "--mount-proc", "--kill-child"];
    const child = spawn("unshare", [...namespaces, "bash", "-c", boot, name, disk], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const booted = once(createInterface(child.stdout), "line");
    await Promise.race([
      booted,
      once(child, "exit").then(() => Promise.reject(new Error("no machine booted"))),
    ]);
    const [init] = childrenOf(child.pid ?? 0);
    if (init === undefined) throw new Error("the machine ended while it booted");
    // Held open, so that the kernel gives its namespace's number to no later machine, as another kernel's would differ, too.
    openSync(`/proc/${init}/ns/pid`, "r");
    const machine = new Machine(name, disk, child, init);
    process.once("exit", machine.#end);
    return machine;
  }

  /** What runs a command on it, in a folder. */
  enter(folder: string): readonly string[] {
    const namespaces = ["--target", String(this.#init), "--pid", "--uts", "--mount"];
    return ["nsenter", ...namespaces, "--", "env", `--chdir=${folder}`];
  }

  get env(): Record<string, string> {
    return { HOME: this.disk, PULUMI_HOME: join(this.disk, "home"), TMPDIR: this.disk };
  }

  get isUp(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The ids, as this process sees them, of what runs on it with this in its command line. */
  running(named: string): number[] {
    const below = (pid: number): number[] => childrenOf(pid).flatMap((one) => [one, ...below(one)]);
    return below(this.#init).filter((pid) => commandLineOf(pid).includes(named));
  }

  /** Its power is gone, and its disk with it: the kernel ends all of it at once. */
  async crash(): Promise<void> {
    if (!this.isUp) return;
    const ended = once(this.#child, "exit");
    process.off("exit", this.#end);
    this.#end();
    await ended;
  }

  readonly #end = (): void => {
    try {
      process.kill(this.#init, "SIGKILL");
      rmdirSync(this.disk);
    } catch {
      // It has ended already.
    }
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined; // it has just ended
  }
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
