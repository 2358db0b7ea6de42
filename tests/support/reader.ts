import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "./project.mts";
import { run } from "./run";

/** Longer than anything a page asks for; what reaches it hangs. */
const LONGEST_MS = 120_000;

/** Packs the package into a folder of its own, as it would be published. */
export function packed(folder: string): string {
  const [{ filename }] = JSON.parse(
    run(folder, "npm", ["pack", join(ROOT, "provider"), "--json", "--ignore-scripts"]),
  );
  return join(folder, filename);
}

interface Surroundings {
  /** The package as it would be published. */
  readonly tarball: string;
  /** A `node_modules` with it and the SDK, for pages that take both for installed. */
  readonly modules: string;
  readonly env: Record<string, string>;
}

/**
 * Somebody who follows a page: one shell, in an empty Pulumi project, with the engine and Node, and nothing installed.
 *
 * Commands are run as they stand. What is arranged around them: `npm` and `pnpm` take this package from its tarball, where
 * the page names it, and `pulumi`, where a pipe follows it, writes late and in two halves. Pulumi's questions are answered
 * with yes, and nothing of it reaches a network but this machine's.
 */
export class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), "vercel-credits-reader-"));
  readonly project = join(this.folder, "credits");
  readonly env: NodeJS.ProcessEnv;
  readonly #tarball: string;
  readonly #modules: string;
  #running = new Set<ChildProcess>();

  constructor({ tarball, modules, env }: Surroundings) {
    const engine = process.env.TEST_ENGINE;
    if (!engine) throw new Error("TEST_ENGINE is not set: run the tests with npm test");
    this.#tarball = tarball;
    this.#modules = modules;
    for (const folder of ["credits", "home", "state", "bin"]) mkdirSync(join(this.folder, folder));
    this.write("Pulumi.yaml", "name: credits\nruntime: nodejs\n");
    this.write("package.json", '{ "name": "credits", "private": true, "main": "index.ts" }');
    for (const installer of ["npm", "pnpm"]) {
      this.#tool(
        installer,
        `args=(); for arg; do [[ $arg =~ ^pulumi-vercel-credits(@latest)?$ ]] && arg=${tarball}; args+=("$arg"); done
exec "$(PATH=$PATH_OF_TOOLS command -v ${installer})" "\${args[@]}"`,
      );
    }
    this.#tool(
      "pulumi",
      `export HTTPS_PROXY=http://127.0.0.1:9
[ -n "$BEFORE_A_PIPE" ] && [ -p /dev/stdout ] || exec ${join(engine, "pulumi")} "$@"
set -o pipefail; ${join(engine, "pulumi")} "$@" | node -e '${LATE_AND_IN_HALVES}'`,
    );
    // Without this repository's own tools, which npm puts first.
    const paths = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.startsWith(ROOT));
    const path = [engine, dirname(process.execPath), ...paths].join(delimiter);
    this.env = {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(VERCEL|PULUMI|npm_)/.test(name)),
      ),
      ...(process.env.npm_config_registry && { npm_config_registry: process.env.npm_config_registry }),
      INIT_CWD: undefined,
      PATH_OF_TOOLS: path,
      PATH: [join(this.folder, "bin"), path].join(delimiter),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      BEFORE_A_PIPE: "",
      NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/compiled"),
      ...env,
    };
  }

  /** Writes a file into the folder that the shell is in, the project's at first. */
  write(file: string, text: string): void {
    writeFileSync(join(this.#cwd, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.#cwd, file), "utf8");
  }

  /** Takes the lines that hold a text out of a file. */
  leaveOut(file: string, text: string): void {
    const lines = this.read(file).split("\n");
    this.write(file, lines.filter((line) => !line.includes(text)).join("\n"));
  }

  /** The packages that a page takes for installed; `toAdd` where it goes on to install more. */
  has(toAdd = false): void {
    const modules = join(this.project, "node_modules");
    if (!toAdd) {
      symlinkSync(this.#modules, modules);
      return;
    }
    cpSync(this.#modules, modules, { recursive: true, verbatimSymlinks: true });
    const dependencies = { "pulumi-vercel-credits": `file:${this.#tarball}`, "@pulumi/pulumi": "*" };
    this.write("package.json", JSON.stringify({ private: true, main: "index.ts", dependencies }));
  }

  /**
   * Lets this machine's engine run the policy pack in the shell's folder: its language host is too old to run packs of
   * `runtime: nodejs` itself, and a plugin of another name starts the same runner of the pack's SDK.
   */
  letPoliciesRun(): void {
    const runner = join(this.#cwd, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    this.#tool("pulumi-analyzer-policy-nodejsclassic", `exec node ${runner} "$@"`);
    this.write("PulumiPolicy.yaml", this.read("PulumiPolicy.yaml").replace("nodejs", "nodejsclassic"));
  }

  /** Types commands, and waits for them. The shell keeps its folder and its variables. */
  async type(commands: string): Promise<{ code: number | null; output: string }> {
    const script = `
[ ! -f ${this.#kept("env")} ] || . ${this.#kept("env")}
cd ${this.#cwd}
trap 'export -p > ${this.#kept("env")}; pwd > ${this.#kept("cwd")}' EXIT
set -eo pipefail
BEFORE_A_PIPE=${/ \| /.test(commands) ? "yes" : ""}
${commands}`;
    const { child, output } = this.#start(script);
    const tooLong = setTimeout(() => this.#kill(child), LONGEST_MS);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    clearTimeout(tooLong);
    this.#running.delete(child);
    return { code, output: output() };
  }

  /** Starts what goes on until it is ended, in a terminal of its own, and waits until it has printed something. */
  async leave(command: string, until: (printed: string) => boolean): Promise<string> {
    const { output } = this.#start(`cd ${this.#cwd}\n${command}`);
    const deadline = Date.now() + LONGEST_MS;
    while (!until(output())) {
      if (Date.now() > deadline) throw new Error(`${command} did not print what is shown:\n${output()}`);
      await new Promise((look) => setTimeout(look, 50));
    }
    return output();
  }

  close(): void {
    for (const child of this.#running) this.#kill(child);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #cwd(): string {
    try {
      return readFileSync(this.#kept("cwd"), "utf8").trim();
    } catch {
      return this.project;
    }
  }

  #kept(what: string): string {
    return join(this.folder, `shell-${what}`);
  }

  /** Into a file, and not into a pipe: what a tool writes into a pipe goes to the next command of the page. */
  #start(script: string) {
    const file = join(mkdtempSync(join(this.folder, "printed-")), "output");
    const fd = openSync(file, "w");
    const child = spawn("bash", ["-c", script], {
      env: this.env,
      stdio: ["ignore", fd, fd],
      detached: true,
    });
    closeSync(fd);
    this.#running.add(child);
    return { child, output: () => readFileSync(file, "utf8") };
  }

  #tool(name: string, script: string): void {
    writeFileSync(join(this.folder, "bin", name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
  }

  #kill(child: ChildProcess): void {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

/** What a slow producer does to whoever reads its pipe. */
const LATE_AND_IN_HALVES = `
let all = "";
process.stdin.setEncoding("utf8").on("data", (text) => { all += text; }).on("end", () => {
  const half = all.length >> 1;
  setTimeout(() => process.stdout.write(all.slice(0, half)), 1500);
  setTimeout(() => process.stdout.write(all.slice(half)), 2000);
});`;
