import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import type { Outcome } from "../../provider/src/domain/outcome";
import { readEvents, type Said, type SaidOfOne } from "./events";
import type { Declared, Project } from "./project.mts";
import { journalOf, lastingProject } from "./stack";

type Args = NonNullable<Declared["args"]>;
type Half = "CreditPurchase" | "PurchaseOrder";

/** What a purchase declares once its outcome is settled by a person's word. */
const BASE: { readonly [O in Outcome]?: Args } = {
  adopted: { adopt: "pur_found" },
  withdrawn: { withdraw: true },
};

/** What a step may change in the project's folder, beside its journal. */
const KEPT = ["state", "home/workspaces", "Pulumi.yaml", "Pulumi.dev.yaml", "purchases.json", "index.js"];

/** What a step leaves there. */
const LEFT = ["copied-state", "copied-journal", "waits", "go"];

/** One that fails keeps none of the others from being judged. */
const ALL_OF_THEM = ["--yes", "--skip-preview", "--continue-on-error"];

const EVENTS = "events.json";

/** What a name ends with by which a purchase is declared anew. */
const ANOTHER = "-another";

/**
 * A stack with one purchase of each outcome, from which every next step is tried: on all of them in one update, since none of
 * them has to do with another. It is made once; after each step it is set back in place: the journal must stay the very folder
 * that it is, since a copy proves less.
 */
export class Outset {
  /** What was said of each when its outcome was found out. */
  readonly found = new Map<Outcome, SaidOfOne>();
  #names = new Map<Outcome, string>();
  #args = new Map<string, Args>();
  #requestsBefore = 0;
  #journal = new Map<string, string>();
  #ids = new Map<Outcome, string>();
  #kept: { env: NodeJS.ProcessEnv; names: Map<Outcome, string>; args: Map<string, Args> } | undefined;
  /** For every `pulumi up`: which stack, where it isn't the project's own. */
  #flags: string[] = [];
  #backend = "state";
  #project = "test";

  private constructor(
    readonly project: Project,
    readonly sandbox: Sandbox,
  ) {}

  /**
   * Which purchase meets which answer isn't known beforehand, since those of one update go in any order: each is named by what
   * it came to.
   */
  static async make(): Promise<Outset> {
    const sandbox = await startSandbox();
    // It hides the flag for the event log elsewhere.
    const project = lastingProject({ VERCEL_API_URL: sandbox.url, PULUMI_DEBUG_COMMANDS: "true" }).init();
    const outset = new Outset(project, sandbox);
    try {
      for (const fault of ["pending", "checkout", "failed", "decline"] as const) sandbox.misbehave(fault);
      await outset.#add("p1", "p2", "p3", "p4", "p5");
      // After one in doubt the rest of an update is not sent, so there is one in each.
      sandbox.misbehave("cut-after-charge");
      await outset.#add("p6");
      outset.#settle("adopted");
      sandbox.misbehave("cut-after-charge");
      await outset.#add("p7");
      outset.#settle("withdrawn");
      sandbox.misbehave("cut-after-charge");
      await outset.#add("p8", "p9");
      outset.#keep();
    } catch (error) {
      await outset.close();
      throw error;
    }
    return outset;
  }

  /** Declares more of them, and writes down what each came to, and what was said of it. */
  async #add(...names: string[]): Promise<void> {
    for (const name of names) this.#args.set(name, {});
    const said = await this.up();
    for (const name of this.#args.keys()) {
      const outcome = this.project.outputs(name)?.outcome as Outcome;
      this.#names.set(outcome, name);
      if (!this.found.has(outcome)) this.found.set(outcome, said.of(name));
    }
  }

  /** The one in doubt is settled by the next update. */
  #settle(outcome: "adopted" | "withdrawn"): void {
    this.declare("unknown", BASE[outcome] ?? {});
  }

  async close(): Promise<void> {
    this.project.close();
    await this.sandbox.close();
  }

  /** What is declared of it, beside the type of credits, and 100 of them unless it says otherwise. */
  declared(outcome: Outcome): Args {
    return this.#args.get(this.name(outcome)) ?? {};
  }

  name(outcome: Outcome): string {
    return this.#names.get(outcome) ?? `no purchase is ${outcome}`;
  }

  /** Adds to what is declared of it; `undefined` takes out. */
  declare(outcome: Outcome, more: Args): void {
    const args = Object.entries({ ...this.declared(outcome), ...more });
    this.#args.set(this.name(outcome), Object.fromEntries(args.filter(([, value]) => value !== undefined)));
  }

  /** Declares it under another name, as if it were new. */
  rename(outcome: Outcome): void {
    this.#args.delete(this.name(outcome));
    this.#names.set(outcome, `${this.name(outcome)}${ANOTHER}`);
    this.#args.set(this.name(outcome), {});
  }

  /** Declares these alone. */
  declareOnly(outcomes: readonly Outcome[]): void {
    const names = outcomes.map((outcome) => this.name(outcome));
    for (const name of this.#args.keys()) if (!names.includes(name)) this.#args.delete(name);
  }

  /** Leaves these alone in the stack, as if the others had never been in it. */
  keepOnly(outcomes: readonly Outcome[]): void {
    for (const outcome of this.#names.keys()) {
      if (outcomes.includes(outcome)) continue;
      this.project.loseFromState("CreditPurchase", this.name(outcome));
      this.project.loseFromState("PurchaseOrder", this.name(outcome));
    }
    this.declareOnly(outcomes);
  }

  up(...flags: string[]): Promise<Said> {
    return this.run("up", ...flags);
  }

  /** Writes the program, as it is declared now, and runs a command on the whole stack. */
  async run(command: "up" | "destroy", ...flags: string[]): Promise<Said> {
    this.writeProgram();
    const all = [...ALL_OF_THEM, ...this.#flags, ...flags, "--event-log", EVENTS];
    const { code } = await this.project.run(command, ...all);
    return readEvents(this.project, EVENTS, code);
  }

  writeProgram(): void {
    const all = [...this.#args];
    this.project.declare(
      ...all.map(([name, args]) => ({ name, args: { source: name, ...args }, opts: { protect: false } })),
    );
  }

  urn(half: Half, outcome: Outcome): string {
    return this.project.urn(half, this.name(outcome));
  }

  urns(outcomes: readonly Outcome[], ...halves: Half[]): string[] {
    return outcomes.flatMap((outcome) => halves.map((half) => this.urn(half, outcome)));
  }

  /** What the state has of the purchase. */
  kept(outcome: Outcome): Record<string, unknown> | undefined {
    const file = `${this.#backend}/.pulumi/stacks/${this.#project}/dev.json`;
    const resources: { urn: string; delete?: boolean; outputs: Record<string, unknown> }[] =
      JSON.parse(this.project.read(file)).checkpoint.latest.resources ?? [];
    const end = `:CreditPurchase::${this.name(outcome)}`;
    return resources.find((one) => one.urn.endsWith(end) && !one.delete)?.outputs;
  }

  /** The id that Vercel gave it, where it gave one. */
  own(outcome: Outcome): string {
    return this.#ids.get(outcome) ?? "";
  }

  /** Since the purchase was first declared. */
  requests(outcome: Outcome): number {
    const first = outcome === "notSent" ? 0 : 1;
    const name = this.#kept?.names.get(outcome);
    const sources = this.sandbox
      .requests()
      .slice(this.#requestsBefore)
      .map(({ url }) => new URL(url, this.sandbox.url).searchParams.get("source"));
    return first + sources.filter((source) => source === name || source === `${name}${ANOTHER}`).length;
  }

  /** From here on the stack is that of another project, with both halves of every purchase in it. */
  async moveToAnotherProject(outcomes: readonly Outcome[]): Promise<void> {
    const [from, to] = ["organization/test/dev", "organization/other/dev"];
    this.project.write("Pulumi.yaml", "name: other\nruntime: nodejs\n");
    await this.project.mustRun("stack", "init", to);
    const move = ["state", "move", "--yes", "--source", from, "--dest", to];
    await this.project.mustRun(...move, ...this.urns(outcomes, "CreditPurchase", "PurchaseOrder"));
    this.#flags = ["--stack", to];
    this.#project = "other";
  }

  /** From here on the stack is a copy of it in another backend, with a journal that was copied before any request left. */
  copyElsewhere(): void {
    const copy = (name: string) => join(this.project.folder, name);
    cpSync(copy("state"), copy("copied-state"), { recursive: true });
    mkdirSync(copy("copied-journal"));
    for (const [file, text] of this.#journal) {
      if (isBeforeRequest(file)) writeFileSync(join(copy("copied-journal"), file), text);
    }
    this.project.env.PULUMI_BACKEND_URL = `file://${copy("copied-state")}`;
    this.project.env.VERCEL_CREDITS_JOURNAL = copy("copied-journal");
    this.#backend = "copied-state";
    this.#flags = ["--stack", "dev"];
  }

  loseJournal(): void {
    renameSync(journalOf(this.project), this.#aside);
  }

  setJournalBack(): void {
    for (const file of this.#journal.keys()) {
      if (!isBeforeRequest(file)) rmSync(join(journalOf(this.project), file));
    }
  }

  get #aside(): string {
    return join(this.project.folder, "journal-aside");
  }

  #keep(): void {
    for (const file of KEPT) this.#copy("", file, "kept", file);
    const journal = journalOf(this.project);
    for (const file of readdirSync(journal))
      this.#journal.set(file, readFileSync(join(journal, file), "utf8"));
    for (const outcome of this.#names.keys()) {
      this.#ids.set(outcome, String(this.kept(outcome)?.intentId ?? ""));
    }
    this.#kept = { env: { ...this.project.env }, names: new Map(this.#names), args: new Map(this.#args) };
    this.#requestsBefore = this.sandbox.requests().length;
  }

  /** As it was made. */
  reset(): void {
    if (this.#kept === undefined) return;
    for (const file of [...KEPT, ...LEFT]) {
      rmSync(join(this.project.folder, file), { recursive: true, force: true });
    }
    for (const file of KEPT) this.#copy("kept", file, "", file);
    this.#resetJournal();
    for (const key of Object.keys(this.project.env)) delete this.project.env[key];
    Object.assign(this.project.env, this.#kept.env);
    this.#requestsBefore = this.sandbox.requests().length;
    this.#names = new Map(this.#kept.names);
    this.#args = new Map(this.#kept.args);
    this.#flags = [];
    this.#backend = "state";
    this.#project = "test";
  }

  #resetJournal(): void {
    const journal = journalOf(this.project);
    if (existsSync(this.#aside)) {
      rmSync(journal, { recursive: true, force: true });
      renameSync(this.#aside, journal);
    }
    const now = new Set(readdirSync(journal));
    for (const file of now) if (!this.#journal.has(file)) rmSync(join(journal, file));
    for (const [file, text] of this.#journal) {
      if (!now.has(file)) writeFileSync(join(journal, file), text, { mode: 0o600 });
    }
  }

  #copy(fromFolder: string, from: string, toFolder: string, to: string): void {
    const source = join(this.project.folder, fromFolder, from);
    if (existsSync(source)) cpSync(source, join(this.project.folder, toFolder, to), { recursive: true });
  }
}

/** The records that a journal has before a request leaves: what marks it, and the openings of orders. */
function isBeforeRequest(file: string): boolean {
  return /^(journal|opening)/.test(file);
}
