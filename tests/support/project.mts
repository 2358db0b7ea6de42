import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { CreditPurchaseArgs } from "pulumi-vercel-credits";
import { parse, stringify } from "yaml";
import type { Machine } from "./machine.mts";
import { notePrinted } from "./printed.mts";

/** Tests and tools run from the repository's root, as npm does. */
export const ROOT = process.cwd();

/** Longer than any step takes; a test that reaches it has found a hang. */
const LONGEST_RUN_MS = 90_000;

export interface Run {
  readonly code: number | null;
  /** What a person would read: standard output and error as they came. */
  readonly output: string;
}

/** NODE_OPTIONS with which a Node process loads a script of `preload/` first, besides what it has. */
export function preloading(name: string, before = ""): string {
  return `${before} --require ${join(ROOT, "tests/support/preload", `${name}.cjs`)}`.trim();
}

/** A purchase of the test program. `args` may hold anything, since programs may, too. */
export interface Declared {
  name?: string;
  args?: { [K in keyof CreditPurchaseArgs]?: unknown } & Record<string, unknown>;
  opts?: Record<string, unknown>;
}

export interface ProjectOptions {
  /** The folder with the `pulumi` to use. */
  readonly engine: string;
  readonly env?: Record<string, string> | undefined;
  /** The text of index.js. Default: declares what `declare` was given. */
  readonly program?: string | undefined;
  /** Where the program's packages are. Default: this repository's. */
  readonly modules?: string;
  /** The Node to run under. Default: the one that runs this. */
  readonly node?: string;
  /** Loads of the SDK only what a run uses; see `preload/quick-sdk.cjs`. Default: all of it, as everywhere else. */
  readonly quick?: boolean;
}

interface KeptResource {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Record<string, readonly string[]>;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
}

const STATE = "state/.pulumi/stacks/test/dev.json";

/** Of the empty passphrase, as `pulumi stack init` makes one. */
const SALT = "v1:4KUjSHNJ8RQ=:v1:rFXRWwz+hXhRuNVM:Css2XSbPCKZMfq6iUjmYnlXwq6Ej7A==";

const SETTINGS = "Pulumi.dev.yaml";

/** Declares what `purchases.json` holds. */
const PROGRAM = `
const { CreditPurchase } = require("pulumi-vercel-credits");
for (const { name, args, opts } of require("./purchases.json")) {
  const purchase = new CreditPurchase(name, args, opts);
  exports[name] = { outcome: purchase.outcome, status: purchase.status, intentId: purchase.intentId };
}`;

/**
 * A Pulumi project of its own in a temporary folder, with its own state, driven by the real command line the way
 * a person drives it.
 */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "vercel-credits-"));
  readonly env: NodeJS.ProcessEnv;
  declared: Declared[] = [];
  /** Where commands run from now on. Default: on this machine. */
  machine: Machine | undefined;
  #running = new Set<ChildProcess>();
  /** Those that run on a machine: it is entered by a process that waits for the command. */
  #entering = new WeakSet<ChildProcess>();
  #orphans = new Set<number>();

  constructor({
    engine,
    env,
    program = PROGRAM,
    modules = join(ROOT, "node_modules"),
    node,
    quick = false,
  }: ProjectOptions) {
    mkdirSync(join(this.folder, "home"));
    mkdirSync(join(this.folder, "state"));
    this.write("Pulumi.yaml", "name: test\nruntime: nodejs\n");
    this.write("package.json", '{ "name": "test", "main": "index.js" }');
    this.write("index.js", program);
    symlinkSync(modules, join(this.folder, "node_modules"));
    this.env = {
      PATH: [engine, dirname(node ?? process.execPath), process.env.PATH].join(delimiter),
      HOME: this.folder,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Every run loads the same SDK: compiled once, it starts an eighth faster.
      NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/compiled"),
      VERCEL_TEAM: "acme",
      VERCEL_API_TOKEN: "sandbox",
      ...env,
    };
    if (quick) this.preload("quick-sdk");
  }

  /** Has every Node process of this project load a script of `preload/` first. */
  preload(name: string): void {
    this.env.NODE_OPTIONS = preloading(name, this.env.NODE_OPTIONS);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Replaces what the program declares: by default 100 dollars of AI Gateway credits called `credits`. */
  declare(...purchases: Declared[]): void {
    this.declared = purchases.map(({ name = "credits", args, opts }) => ({
      name,
      args: { creditType: "gateway", amount: 100, ...args },
      ...(opts && { opts }),
    }));
    this.write("purchases.json", JSON.stringify(this.declared));
  }

  /** Makes the stack that everything else works on: writes what `pulumi stack init dev` does, in no time. */
  init(): this {
    const { name } = parse(this.read("Pulumi.yaml"));
    const stack = `organization/${name}/dev`;
    const state = `state/.pulumi/stacks/${name}/dev.json`;
    mkdirSync(join(this.folder, dirname(state)), { recursive: true });
    this.write("state/.pulumi/meta.yaml", "version: 1\n");
    this.write(state, JSON.stringify({ version: 3, checkpoint: { stack } }));
    this.write(SETTINGS, stringify({ encryptionsalt: SALT }));
    const project = createHash("sha1").update(join(this.folder, "Pulumi.yaml")).digest("hex");
    mkdirSync(join(this.folder, "home/workspaces"));
    this.write(
      `home/workspaces/${name}-${project}-workspace.json`,
      JSON.stringify({ stacks: { [String(this.env.PULUMI_BACKEND_URL)]: stack } }),
    );
    return this;
  }

  up(...flags: string[]): Promise<Run> {
    return this.run("up", "--yes", ...flags);
  }

  preview(...flags: string[]): Promise<Run> {
    return this.run("preview", ...flags);
  }

  /** Unprotects what the stack holds, which the program's own `protect: false` would do at the next `up`. */
  async destroyUnprotected(): Promise<Run> {
    await this.mustRun("state", "unprotect", "--all", "--yes");
    return this.run("destroy", "--yes");
  }

  /** Writes what `pulumi config set` does. */
  config(key: string, value: string): void {
    const { config, ...others } = parse(this.read(SETTINGS));
    this.write(SETTINGS, stringify({ ...others, config: { ...config, [key]: value } }));
  }

  /** The kept outputs of a purchase, or undefined where the state has none of that name. */
  outputs(name = "credits"): Record<string, unknown> | undefined {
    return this.resource("CreditPurchase", name)?.outputs;
  }

  /** What the engine has written down of a resource. */
  resource(type: "CreditPurchase" | "PurchaseOrder", name = "credits") {
    return this.resources().find((one) => one.urn === this.urn(type, name) && one.delete !== true);
  }

  /** The state, as the engine keeps it in its own file. */
  resources(): KeptResource[] {
    return JSON.parse(this.read(STATE)).checkpoint.latest?.resources ?? [];
  }

  /** Changes the state as a person does who edits it by hand. */
  editState(change: (resources: KeptResource[]) => KeptResource[]): void {
    const state = JSON.parse(this.read(STATE));
    state.checkpoint.latest.resources = change(state.checkpoint.latest.resources);
    this.write(STATE, JSON.stringify(state));
  }

  /** Takes one half out of the state, and all that points at it, which no command does while the other needs it. */
  loseFromState(type: "CreditPurchase" | "PurchaseOrder", name = "credits"): void {
    const lost = this.urn(type, name);
    this.editState((resources) =>
      resources
        .filter(({ urn }) => urn !== lost)
        .map((one) => ({
          ...one,
          ...(one.dependencies && { dependencies: one.dependencies.filter((urn) => urn !== lost) }),
          ...(one.propertyDependencies && {
            propertyDependencies: Object.fromEntries(
              Object.entries(one.propertyDependencies).map(([key, urns]) => [
                key,
                urns.filter((urn) => urn !== lost),
              ]),
            ),
          }),
        })),
    );
  }

  urn(type: "CreditPurchase" | "PurchaseOrder" = "CreditPurchase", name = "credits"): string {
    return `urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:${type}::${name}`;
  }

  async mustRun(...args: string[]): Promise<Run> {
    const run = await this.run(...args);
    if (run.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${run.code}:\n${run.output}`);
    return run;
  }

  async run(...args: string[]): Promise<Run> {
    return this.start(...args).ended;
  }

  /** Starts `pulumi`, for tests that do something to it while it runs. */
  start(...args: string[]): { process: ChildProcess; ended: Promise<Run> } {
    const { machine } = this;
    const [file = "", ...before] = [...(machine?.enter(this.folder) ?? []), "pulumi"];
    const child = spawn(file, [...before, ...args, "--non-interactive"], {
      cwd: this.folder,
      // A machine's home knows of no stack that was selected.
      env: { ...this.env, ...(machine && { ...machine.env, PULUMI_STACK: "dev" }) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#running.add(child);
    if (machine) this.#entering.add(child);
    const tooLong = setTimeout(() => this.#kill(child), LONGEST_RUN_MS);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const ended = new Promise<Run>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        notePrinted(`pulumi ${args.join(" ")} (exit ${code})`, output);
        resolve({ code, output });
      });
    }).finally(() => {
      clearTimeout(tooLong);
      this.#running.delete(child);
    });
    return { process: child, ended };
  }

  /** Kills the command line alone, as a crash does; what it had started lives on until the project is closed. */
  killAlone(child: ChildProcess): void {
    const below = processesBelow(child.pid);
    for (const pid of below) this.#orphans.add(pid);
    kill(this.#entering.has(child) ? below[0] : child.pid);
  }

  /** Kills what outlived a command line that was killed, as the end of the machine does. */
  killOrphans(): void {
    for (const pid of this.#orphans) kill(pid);
  }

  /** Kills the provider processes of a running command line. */
  killProviders(child: ChildProcess): void {
    for (const pid of processesBelow(child.pid, "dynamic-provider")) kill(pid);
  }

  /**
   * Pulumi's file backend keeps attributes beside the state, and rewrites them in place. Killed in between it leaves
   * them empty, and from then on every command ends with "failed to load checkpoint: EOF". The state itself is whole.
   */
  removeEmptyAttributes(): void {
    const attributes = join(this.folder, "state/.pulumi/stacks/test/dev.json.attrs");
    if (statSync(attributes).size === 0) rmSync(attributes);
  }

  /** What is to be done after a kill before anything else, as the documentation says. */
  async unlock(): Promise<void> {
    this.removeEmptyAttributes();
    await this.mustRun("cancel", "--yes");
  }

  /** Ends what still runs, and removes its folder. */
  close(): void {
    for (const child of this.#running) this.#kill(child);
    this.killOrphans();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** With what it started: the engine gives its plugins process groups of their own. */
  #kill(child: ChildProcess): void {
    for (const pid of processesBelow(child.pid)) kill(pid);
    kill(child.pid);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}

/** The process ids of all that a process has started, directly or not; with `named`, of those alone. */
function processesBelow(pid: number | undefined, named = ""): number[] {
  const all = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, child, of, args = ""]) => ({ child: Number(child), of: Number(of), args }));
  const below = (parent: number): typeof all =>
    all.flatMap((one) => (one.of === parent ? [one, ...below(one.child)] : []));
  return pid === undefined
    ? []
    : below(pid)
        .filter(({ args }) => args.includes(named))
        .map(({ child }) => child);
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
