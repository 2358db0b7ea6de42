import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./free-port.mts";

const BIN = process.env.TEST_POSTGRES ?? "/usr/lib/postgresql/15/bin";
const STARTS_WITHIN_MS = 60_000;

/** A PostgreSQL that can be killed and started again with what it has on its disk: `fsync` is on, as it is unless somebody turns it off. */
export class PostgresProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "postgres-"));
  readonly #owner = owner();
  #child: ChildProcess | undefined;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  async start(): Promise<void> {
    const data = join(this.#folder, "data");
    if (this.#port === 0) {
      this.#port = await freePort();
      chownSync(this.#folder, this.#owner.uid, this.#owner.gid);
      const init = ["--pgdata", data, "--auth", "trust", "--username", "postgres", "--no-sync"];
      execFileSync(join(BIN, "initdb"), init, { ...this.#owner, cwd: this.#folder, stdio: "ignore" });
    }
    const deadline = Date.now() + STARTS_WITHIN_MS;
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=50"];
    const args = ["-D", data, "-p", String(this.#port), ...settings.flatMap((one) => ["-c", one])];
    for (;;) {
      if (this.#child === undefined || this.#child.exitCode !== null) {
        // What is left of a server that was killed is in the way for a moment.
        this.#child = spawn(join(BIN, "postgres"), args, {
          ...this.#owner,
          cwd: this.#folder,
          stdio: "ignore",
        });
      }
      if (await this.#answers()) return;
      if (Date.now() > deadline) throw new Error("PostgreSQL did not start");
      await new Promise((over) => setTimeout(over, 50));
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The process that serves one of the connections, if there is one: the server then ends all others, and recovers. */
  killBackend(): void {
    const [backend] = this.#processes().filter(({ args }) => /127\.0\.0\.1\(\d+\)/.test(args));
    if (backend !== undefined) kill(backend.pid);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    const all = this.#processes(child.pid);
    kill(child.pid);
    for (const { pid } of all) kill(pid);
    await ended;
  }

  /** Starts it again where it was killed; where a part of it was, waits until it has recovered. */
  mend(): Promise<void> {
    return this.start();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #processes(parent = this.#child?.pid): { pid: number; args: string }[] {
    if (parent === undefined) return [];
    return execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
      .split("\n")
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
      .filter(([, , of]) => Number(of) === parent)
      .map(([, pid, , args = ""]) => ({ pid: Number(pid), args }));
  }
}

/** PostgreSQL refuses to run as root. */
function owner(): { uid: number; gid: number } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return { uid, gid };
  const of = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: of("-u"), gid: of("-g") };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
