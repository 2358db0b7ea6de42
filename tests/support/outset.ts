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
import type { Declared, Project, Run } from "./project.mts";
import { journalOf, lastingProject } from "./stack";

type Args = NonNullable<Declared["args"]>;
type Half = "CreditPurchase" | "PurchaseOrder";

/** What a purchase declares once its outcome is settled by a person's word. */
const BASE: { readonly [O in Outcome]?: Args } = {
  adopted: { adopt: "pur_found" },
  withdrawn: { withdraw: true },
};

/** How the sandbox answers the first request. The others are made otherwise, see `make`. */
const FAULTS: { readonly [O in Outcome]?: Parameters<Sandbox["misbehave"]>[0] } = {
  pending: "pending",
  checkout: "checkout",
  failed: "failed",
  refused: "decline",
  unknown: "cut-after-charge",
  adopted: "cut-after-charge",
  withdrawn: "cut-after-charge",
};

/** What a step may change in the project's folder, beside its journal. */
const KEPT = ["state", "home/workspaces", "Pulumi.yaml", "Pulumi.dev.yaml", "purchases.json", "index.js"];

/**
 * A purchase with an outcome, from which every next step is tried. It is made once; after each step the project is set
 * back in place: the journal must stay the very folder that it is, since a copy proves less.
 */
export class Outset {
  #requestsBefore = 0;
  #env: NodeJS.ProcessEnv = {};
  #journal = new Map<string, string>();
  #name = "credits";
  #args: Args;
  /** For every `pulumi up`: which stack, where it isn't the project's own. */
  #flags: string[] = [];
  #backend = "state";
  #project = "test";
  /** The id that Vercel gave it, where it gave one. */
  own = "";

  private constructor(
    readonly outcome: Outcome,
    readonly project: Project,
    readonly sandbox: Sandbox,
  ) {
    this.#args = BASE[outcome] ?? {};
  }

  static async make(outcome: Outcome): Promise<Outset> {
    let sandbox = await startSandbox();
    const project = lastingProject({ VERCEL_API_URL: sandbox.url });
    await project.init();
    const fault = FAULTS[outcome];
    if (fault) sandbox.misbehave(fault);
    if (outcome === "notSent") {
      // Nobody listens at the endpoint; afterwards somebody does, at the same address.
      project.config("vercelCredits:preflight", "off");
      await sandbox.close();
    }
    project.declare({ opts: { protect: false } });
    await project.up("--skip-preview");
    if (outcome === "notSent") sandbox = await startSandbox({ port: Number(new URL(sandbox.url).port) });
    const outset = new Outset(outcome, project, sandbox);
    if (BASE[outcome]) {
      outset.declare({});
      await project.up("--skip-preview");
    }
    outset.#keep();
    outset.own = String(outset.kept()?.intentId ?? "");
    return outset;
  }

  async close(): Promise<void> {
    this.project.close();
    await this.sandbox.close();
  }

  /** What is declared, beside the type of credits, and 100 of them unless it says otherwise. */
  get declared(): Args {
    return this.#args;
  }

  /** Adds to what is declared; `undefined` takes out. */
  declare(more: Args, name = this.#name): void {
    const args = Object.entries({ ...this.#args, ...more }).filter(([, value]) => value !== undefined);
    this.#args = Object.fromEntries(args);
    this.#name = name;
    this.project.declare({ name, args: this.#args, opts: { protect: false } });
  }

  up(...flags: string[]): Promise<Run> {
    return this.project.up("--skip-preview", ...this.#flags, ...flags);
  }

  urn(half: Half): string {
    return this.project.urn(half);
  }

  /** What the state has of the purchase. */
  kept(): Record<string, unknown> | undefined {
    const file = `${this.#backend}/.pulumi/stacks/${this.#project}/dev.json`;
    const resources: { urn: string; delete?: boolean; outputs: Record<string, unknown> }[] =
      JSON.parse(this.project.read(file)).checkpoint.latest.resources ?? [];
    return resources.find((one) => one.urn.endsWith(`:CreditPurchase::${this.#name}`) && !one.delete)
      ?.outputs;
  }

  /** Since the purchase was first declared. */
  requests(): number {
    const first = this.outcome === "notSent" ? 0 : 1;
    return first + this.sandbox.requests().length - this.#requestsBefore;
  }

  /** From here on the stack is that of another project, with both halves of the purchase in it. */
  async moveToAnotherProject(): Promise<void> {
    const [from, to] = ["organization/test/dev", "organization/other/dev"];
    this.project.write("Pulumi.yaml", "name: other\nruntime: nodejs\n");
    await this.project.mustRun("stack", "init", to);
    const move = ["state", "move", "--yes", "--source", from, "--dest", to];
    await this.project.mustRun(...move, this.urn("CreditPurchase"), this.urn("PurchaseOrder"));
    this.#flags = ["--stack", to];
    this.#project = "other";
  }

  /** From here on the stack is a copy of it in another backend, with a journal that was copied before the request left. */
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
    this.#env = { ...this.project.env };
    this.#requestsBefore = this.sandbox.requests().length;
  }

  /** As it was made. */
  reset(): void {
    for (const file of [...KEPT, "copied-state", "copied-journal", "waits", "go"]) {
      rmSync(join(this.project.folder, file), { recursive: true, force: true });
    }
    for (const file of KEPT) this.#copy("kept", file, "", file);
    this.#resetJournal();
    for (const key of Object.keys(this.project.env)) delete this.project.env[key];
    Object.assign(this.project.env, this.#env);
    this.#requestsBefore = this.sandbox.requests().length;
    this.#args = BASE[this.outcome] ?? {};
    this.#name = "credits";
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
