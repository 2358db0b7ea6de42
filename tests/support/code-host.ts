import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import { type Project, ROOT } from "./project.mts";

export type Env = Record<string, string>;

/** What a job has kept, and what it printed. */
export interface Step {
  readonly code: number | null;
  readonly log: string;
}

interface Comment {
  readonly id: number;
  readonly user: { readonly type: string };
  readonly body: string;
}

interface Environment {
  /** GitHub's name for them; without any, whatever names the environment runs at once. */
  readonly reviewers: readonly string[];
  readonly secrets: Env;
}

/** The longest that a step may take; one that reaches it has found a hang. */
const LONGEST_STEP_MS = 90_000;

/**
 * A code host with one repository, whose program is a project's: it keeps comments, environments, artifacts and caches in
 * files, and runs each job on a machine that is new. `gh` and `npm ci` are stood in for; bash, node, the package and the
 * engine are real.
 */
export class CodeHost {
  readonly folder: string;
  readonly environments: Record<string, Environment> = {};
  /** The repository's, beside those of the stack and its backend. */
  variables: Env = {};
  /** What a role of AWS's lets a job do, as the environment that its login leaves. */
  roles: Record<string, Env> = {};
  #machines = 0;

  constructor(readonly project: Project) {
    this.folder = mkdtempSync(join(project.folder, "host-"));
    for (const kept of ["artifacts", "caches", "bin", "machines"]) mkdirSync(join(this.folder, kept));
    for (const name of ["gh", "npm"]) {
      const program = join(this.folder, "bin", name);
      writeFileSync(program, `#!/bin/sh\nexec node "${join(ROOT, `tests/support/${name}.cjs`)}" "$@"\n`);
      chmodSync(program, 0o755);
    }
    this.#keepComments([]);
  }

  /** What a pull request shows of this program; a person's words are left out. */
  get comments(): string[] {
    return this.#comments()
      .filter(({ user }) => user.type === "Bot")
      .map(({ body }) => body);
  }

  /** A person writes a comment. */
  say(body: string): void {
    const comments = this.#comments();
    this.#keepComments([...comments, { id: comments.length + 1, user: { type: "User" }, body }]);
  }

  #comments(): Comment[] {
    return JSON.parse(readFileSync(join(this.folder, "comments.json"), "utf8"));
  }

  #keepComments(comments: readonly Comment[]): void {
    writeFileSync(join(this.folder, "comments.json"), JSON.stringify(comments));
  }

  newMachine(): Machine {
    writeFileSync(join(this.folder, "environments.json"), JSON.stringify(this.environments));
    this.#machines += 1;
    return new Machine(this, join(this.folder, "machines", `${this.#machines}`));
  }
}

/** What runs one job. Its disk is lost with it: only artifacts and caches are kept. */
export class Machine {
  readonly workspace: string;
  /** What a step has left for those after it. */
  exported: Env = {};

  constructor(
    readonly host: CodeHost,
    readonly folder: string,
  ) {
    this.workspace = join(folder, "workspace");
    mkdirSync(this.workspace, { recursive: true });
    mkdirSync(join(folder, "home"));
  }

  /** The repository as it is now, with the program in `infra`. */
  checkOut(): void {
    const notIn = ["home", "state", "node_modules", basename(this.host.folder)];
    const { folder } = this.host.project;
    for (const file of readdirSync(folder).filter((name) => !notIn.includes(name)))
      cpSync(join(folder, file), join(this.workspace, "infra", file), { recursive: true });
    cpSync(join(ROOT, "examples/ci/review-and-buy.sh"), join(this.workspace, "infra/review-and-buy.sh"));
  }

  /** Keeps what a pattern names, under its path in the workspace. */
  keep(as: string, path: string): void {
    const from = join(this.workspace, path);
    if (!existsSync(from)) throw new Error(`there is no ${path} to keep as ${as}`);
    const to = join(this.host.folder, as);
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
  }

  restore(kept: string, path: string): void {
    cpSync(join(this.host.folder, kept), join(this.workspace, path), { recursive: true });
  }

  /** The newest cache under a key that begins so. */
  restoreCache(beginning: string, path: string): void {
    const keys = readdirSync(join(this.host.folder, "caches")).filter((key) => key.startsWith(beginning));
    const newest = keys.toSorted().at(-1);
    if (newest !== undefined) this.restore(`caches/${newest}`, path);
  }

  has(pattern: string): boolean {
    return globSync(pattern, { cwd: this.workspace }).length > 0;
  }

  async run(script: string, env: Env, folder = "."): Promise<Step> {
    const { host } = this;
    const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script], {
      cwd: join(this.workspace, folder),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: [join(host.folder, "bin"), host.project.env.PATH].join(delimiter),
        HOME: join(this.folder, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        NODE_COMPILE_CACHE: host.project.env.NODE_COMPILE_CACHE,
        HOST_FOLDER: host.folder,
        NODE_MODULES: join(ROOT, "node_modules"),
        CI: "true",
        ...this.exported,
        ...env,
      },
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    const tooLong = setTimeout(end, LONGEST_STEP_MS);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }).finally(() => clearTimeout(tooLong));
    return { code, log };
  }

  read(file: string): string {
    const path = join(this.folder, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
}
