import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { CreditPurchase } from "pulumi-vercel-credits";
import {
  type Calls,
  carryOut,
  type Half,
  type Judged,
  judge,
  type Operation,
  type Properties,
  type Resource,
  UNKNOWN,
} from "./engine-step";
import { answerBy, type Program, waitForRegistrations } from "./mocks";
import { notePrinted } from "./printed.mts";
import { type Declared, preloading, type Run } from "./project.mts";
import { ProviderProcess, type Result } from "./provider-process";

export interface Kept extends Resource {
  readonly urn: string;
}

/**
 * A project on a model of the engine: the program runs here, with the SDK's own mocks, and each command has a real provider
 * process, over real gRPC. It has what `Project` has of the same name, and does the same; `tests/engine/model.test.ts` holds
 * that. What it doesn't model (`protect`, aliases, replacement, taint, secrets, locks, plans) belongs on the real engine. Which of
 * several purchases the engine comes to first is a race there, so nothing may be asserted here that depends on it.
 */
export class ModelledProject {
  readonly folder = mkdtempSync(join(tmpdir(), "vercel-credits-model-"));
  readonly env: Record<string, string>;
  /** Set by `declare`, or to anything else. */
  program: Program = () => undefined;
  #resources: readonly Kept[] = [];
  #hasStack = false;
  #config: Record<string, string> = {};

  constructor(env: Record<string, string> = {}) {
    mkdirSync(join(this.folder, "home"));
    this.env = {
      PULUMI_HOME: join(this.folder, "home"),
      VERCEL_TEAM: "acme",
      VERCEL_API_TOKEN: "sandbox",
      ...env,
    };
  }

  /** Has every provider process load a script of `preload/` first. */
  preload(name: string): void {
    this.env.NODE_OPTIONS = preloading(name, this.env.NODE_OPTIONS);
  }

  /** Replaces what the program declares: by default 100 dollars of AI Gateway credits called `credits`. */
  declare(...purchases: Declared[]): void {
    this.program = () => {
      for (const { name = "credits", args, opts } of purchases) {
        new CreditPurchase(name, { creditType: "gateway", amount: 100, ...(args as object) }, opts);
      }
    };
  }

  config(key: string, value: string): void {
    this.#config = { ...this.#config, [key]: value };
  }

  async up(...flags: string[]): Promise<Run> {
    const skipsPreview = flags.includes("--skip-preview");
    if (flags.length > (skipsPreview ? 1 : 0)) throw new Error(`not modelled: ${flags.join(" ")}`);
    const preview = skipsPreview ? undefined : await this.preview();
    if (preview && preview.code !== 0) return preview;
    const update = await this.#command((run) => run.program(this.program, false));
    return { ...update, output: (preview?.output ?? "") + update.output };
  }

  preview(): Promise<Run> {
    return this.#command((run) => run.program(this.program, true));
  }

  /** `pulumi destroy`, once nothing is protected any more. */
  destroyUnprotected(): Promise<Run> {
    return this.#command((run) => run.destroy());
  }

  /** The kept outputs of a purchase, or undefined where the state has none of that name. */
  outputs(name = "credits"): Properties | undefined {
    return this.resource("CreditPurchase", name)?.outputs;
  }

  resource(type: "CreditPurchase" | "PurchaseOrder", name = "credits"): Kept | undefined {
    return this.#resources.find(({ urn }) => urn.endsWith(`:${type}::${name}`));
  }

  resources(): readonly Kept[] {
    return this.#resources;
  }

  /** Changes the state as a person does who edits it by hand. */
  editState(change: (resources: Kept[]) => Kept[]): void {
    this.#resources = change([...this.#resources]);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #command(act: (run: Command) => Promise<void>): Promise<Run> {
    const provider = await ProviderProcess.start(
      { "vercelCredits:preflight": "on", ...this.#config },
      this.env,
    );
    const run = new Command(provider, this.#resources, this.#hasStack, this.#config, this.env);
    try {
      await act(run);
    } finally {
      await provider.stop();
      this.#resources = run.resources;
      this.#hasStack = run.hasStack;
    }
    const ended = run.ended();
    notePrinted(`a command of the model (exit ${ended.code})`, ended.output);
    return ended;
  }
}

/** A resource failed, and with it the command. */
class Failed extends Error {}

/** One command of the engine, with one provider process. */
class Command {
  resources: Kept[];
  readonly #errors: string[] = [];
  readonly #operations: (Operation | "deleted")[] = [];
  readonly #declared = new Set<string>();
  #underWay = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #failed = Promise.withResolvers<void>();

  constructor(
    private readonly provider: ProviderProcess,
    resources: readonly Kept[],
    /** The engine counts the stack itself, and keeps it with the first thing that an update keeps. */
    public hasStack: boolean,
    private readonly config: Record<string, string>,
    private readonly env: Record<string, string>,
  ) {
    this.resources = [...resources];
  }

  async program(program: Program, isPreview: boolean): Promise<void> {
    await answerBy((one) => this.#register(one, isPreview), isPreview, this.config);
    this.#operations.push(this.hasStack ? "unchanged" : "created");
    if (!isPreview) this.hasStack = true;
    await this.#withEnv(async () => {
      try {
        await program({ pulumi, CreditPurchase });
      } catch (error) {
        this.#errors.push(pulumi.RunError.isInstance(error) ? error.message : String((error as Error).stack));
        return;
      }
      await Promise.race([waitForRegistrations(), this.#failed.promise]);
      while (this.#underWay > 0) await new Promise(setImmediate);
      if (this.#errors.length === 0 && !isPreview) await this.#delete(({ urn }) => !this.#declared.has(urn));
    });
  }

  async destroy(): Promise<void> {
    await this.#delete(() => true);
    if (this.#errors.length > 0) return;
    this.#operations.push("deleted");
    this.hasStack = false;
  }

  /** Once its provider process has ended, and so has printed everything. */
  ended(): Run {
    const counts = Map.groupBy(this.#operations, (operation) => operation);
    const summary = [...counts].map(([operation, all]) => `    ${all.length} ${operation}\n`).join("");
    const said = [...this.provider.lines, ...this.provider.errors, ...this.#errors];
    return {
      code: this.#errors.length === 0 ? 0 : 1,
      output: `${said.join("\n")}\n\nResources:\n${summary}\n`,
    };
  }

  /** The constructor's answer from the engine. After a failure nothing more is begun, and nothing is answered. */
  async #register({ type, name, inputs, custom }: MockResourceArgs, isPreview: boolean) {
    const half = HALVES[type];
    if (half === undefined) {
      if (custom) throw new Error(`not modelled: a resource of type ${type}`);
      return { id: "", state: inputs };
    }
    if (this.#errors.length > 0) return new Promise<never>(() => undefined);
    const urn = urnOf(half, inputs);
    const old = this.resources.find((one) => one.urn === urn);
    this.#declared.add(urn);
    this.#underWay++;
    try {
      return isPreview
        ? await this.#preview(half, name, old, storable(inputs))
        : await this.#update(half, name, urn, old, storable(inputs));
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      return new Promise<never>(() => undefined);
    } finally {
      this.#underWay--;
    }
  }

  /** The engine judges one resource after the other, while steps of those before are carried out, and stops at a failure. */
  #judge(calls: Calls, half: Half, old: Kept | undefined, goal: Properties): Promise<Judged> {
    const judged = this.#turn.then(async () => {
      this.#stopAfterFailure();
      const judged = await judge(calls, half, old, goal);
      this.#stopAfterFailure();
      return judged;
    });
    this.#turn = judged.catch(() => undefined);
    return judged;
  }

  #stopAfterFailure(): void {
    if (this.#errors.length > 0) throw new Failed();
  }

  /** What the provider would only know in the update is left out, and so unknown to the program. */
  async #preview(half: Half, name: string, old: Kept | undefined, goal: Properties) {
    const { inputs, operation } = await this.#judge(this.#calls(half, name), half, old, goal);
    this.#operations.push(operation);
    return operation === "unchanged" && old
      ? { id: old.id, state: old.outputs }
      : { id: old?.id, state: known(inputs) };
  }

  async #update(half: Half, name: string, urn: string, old: Kept | undefined, goal: Properties) {
    const calls = this.#calls(half, name);
    const judged = await this.#judge(calls, half, old, goal);
    const { operation } = judged;
    const kept = { ...(await carryOut(calls, half, old, judged)), urn };
    this.resources = old
      ? this.resources.map((one) => (one === old ? kept : one))
      : [...this.resources, kept];
    if (operation !== "unchanged" && kept.initErrors) throw new Failed();
    this.#operations.push(operation);
    return { id: kept.id, state: kept.outputs };
  }

  /** All purchases beside each other, and then their orders, which they depend on. */
  async #delete(isToGo: (one: Kept) => boolean): Promise<void> {
    const toGo = this.resources.filter(isToGo);
    for (const half of ["purchase", "order"] as const) {
      const all = toGo.filter(({ urn }) => halfOf(urn) === half);
      await Promise.all(all.map((one) => this.#deleteOne(half, one)));
      if (this.#errors.length > 0) return;
    }
  }

  async #deleteOne(half: Half, one: Kept): Promise<void> {
    const { error } = await this.provider.delete(half, { id: one.id, properties: one.outputs });
    if (error !== undefined) {
      this.#fails(half, one.urn, error);
      return;
    }
    this.resources = this.resources.filter((other) => other !== one);
    this.#operations.push("deleted");
  }

  #calls(half: Half, name: string): Calls {
    const must = <T extends Result>(result: T): T => {
      if (result.error !== undefined) throw this.#fails(half, name, result.error);
      return result;
    };
    const kept = (inputs: Properties, { id, properties, error }: Result): Resource => {
      if (error !== undefined) this.#fails(half, name, error);
      if (id === undefined || properties === undefined) throw new Failed();
      return { id, inputs, outputs: properties, ...(error !== undefined && { initErrors: true }) };
    };
    return {
      check: async (_, olds, goal) => {
        const { properties, failures = [] } = must(await this.provider.check(half, olds, goal));
        for (const { property, reason } of failures) {
          const value = property in goal ? ` value {${goal[property]}}` : "";
          const what = property === "" ? "" : `property ${property}${value} `;
          this.#fails(half, name, `${what}has a problem: ${reason}`);
        }
        if (failures.length > 0) throw new Failed();
        return properties as Properties;
      },
      diff: async (_, old, inputs) => {
        const { changes, replaces = [] } = must(await this.provider.diff(half, old.id, old.outputs, inputs));
        if (replaces.length > 0) throw new Error("our diff asks for a replacement");
        return changes === true;
      },
      create: async (_, inputs) => kept(inputs, await this.provider.create(half, inputs)),
      update: async (_, old, inputs) =>
        kept(inputs, await this.provider.update(half, old.id, old.outputs, inputs)),
    };
  }

  #fails(half: Half, name: string, reason: string): Failed {
    // What the engine's own client says of a provider process that has ended.
    const said = reason === "Connection dropped" ? "error reading from server: EOF" : reason;
    this.#errors.push(`error: ${TYPES[half]} ${name}: ${said}`);
    this.#failed.resolve();
    return new Failed();
  }

  async #withEnv(act: () => Promise<void>): Promise<void> {
    const before = { ...process.env };
    Object.assign(process.env, this.env);
    try {
      await act();
    } finally {
      process.env = before;
    }
  }
}

const TYPES: Record<Half, string> = {
  order: "pulumi-nodejs:dynamic/vercel:PurchaseOrder",
  purchase: "pulumi-nodejs:dynamic/vercel:CreditPurchase",
};
const HALVES: Record<string, Half> = { [TYPES.order]: "order", [TYPES.purchase]: "purchase" };

/** The purchase's is in its inputs, since mocks don't tell a resource's parent. */
function urnOf(half: Half, { __resource }: Properties): string {
  const { urn } = __resource as { urn: string };
  return half === "order" ? urn.replace(TYPES.purchase, TYPES.order) : urn;
}

const halfOf = (urn: string): Half => (urn.includes(TYPES.order) ? "order" : "purchase");

/** As the engine takes them from the SDK: without secrets' wrappers, and with its word for what is unknown. */
function storable(inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      pulumi.runtime.isRpcSecret(value)
        ? pulumi.runtime.unwrapRpcSecret(value)
        : value === pulumi.unknown
          ? UNKNOWN
          : value,
    ]),
  );
}

function known(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));
}
