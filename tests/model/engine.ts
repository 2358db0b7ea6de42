import { orderProvider } from "../../provider/src/lifecycle/order";
import { purchaseProvider } from "../../provider/src/lifecycle/purchase";
import {
  type Calls,
  carryOut,
  type Half,
  judge,
  type Properties,
  type Resource as Step,
  UNKNOWN,
} from "../support/engine-step";
import { Interrupted, type ProviderProcess } from "./machine";

/** What a program says of a purchase. */
export interface Program {
  readonly name: string;
  readonly urn: string;
  readonly creditType: string;
  readonly amount: number;
  readonly attempt: number;
  readonly adopt?: string | undefined;
  readonly withdraw?: true | undefined;
  readonly team?: string | undefined;
}

export interface Resource extends Step {
  /** It is to be replaced by the next update. */
  readonly isTainted?: true;
}

export type { Half };
export const HALVES: readonly Half[] = ["order", "purchase"];

/** What a stack's state has of one purchase. Its resources are never changed, so that a copy is a copy. */
export interface State {
  readonly order?: Resource | undefined;
  readonly purchase?: Resource | undefined;
  /** Replaced, or no longer declared: to be deleted. */
  readonly condemned: readonly { readonly half: Half; readonly resource: Resource }[];
}

export interface Stack {
  program: Program;
  state: State;
}

export interface Command {
  readonly config: Readonly<Record<string, string>>;
  /** `--replace`. */
  readonly replace?: readonly Half[];
  /** An error hook asks for one more call of a failed create or update. */
  readonly again?: boolean;
  /** Another resource fails after the order was opened, and the purchase is never started. */
  readonly stopsBetween?: boolean;
}

/** The rest of a command is not run: a resource failed, with this message. */
export class Failed extends Error {}

/** A text or an error that may not be: the code has a fault. */
export class Fault extends Error {}

/** One engine: a command on one stack, with its own view of the state from when it began. */
export class Engine {
  #state: State;
  readonly #program: Program;

  constructor(
    private readonly stack: Stack,
    private readonly process: ProviderProcess,
    private readonly command: Command,
    /** Its provider process ends with this command, and serves no other. */
    private readonly isWhole = true,
  ) {
    this.#state = stack.state;
    this.#program = stack.program;
  }

  /** `pulumi preview`. True where it succeeded. */
  preview(): Promise<boolean> {
    return this.#ends(async () => {
      await this.#configure();
      await this.#previewPurchase(await this.#previewOrder());
    });
  }

  /** The update of `pulumi up`. True where it succeeded. */
  update(): Promise<boolean> {
    return this.#ends(async () => {
      await this.#configure();
      await this.#updateOrder();
      if (this.command.stopsBetween) throw new Failed();
      await this.#updatePurchase();
      await this.#deleteCondemned();
    });
  }

  /** `pulumi destroy` of the purchase and its order, unprotected. True where it succeeded. */
  destroy(): Promise<boolean> {
    return this.#ends(async () => {
      await this.#configure();
      await this.#deleteCondemned();
      for (const half of ["purchase", "order"] as const) {
        const resource = this.#state[half];
        if (resource) await this.#delete(half, resource);
        await this.#save({ [half]: undefined });
      }
    });
  }

  async #ends(command: () => Promise<void>): Promise<boolean> {
    try {
      await command();
      return true;
    } catch (error) {
      if (error instanceof Failed || error instanceof Interrupted) return false;
      throw error;
    } finally {
      if (this.isWhole) this.process.done();
    }
  }

  #save(change: Partial<State>): Promise<void> {
    return this.process.save(() => {
      this.#state = { ...this.#state, ...change };
      this.stack.state = this.#state;
    });
  }

  #configure(): Promise<void> {
    const get = (key: string) => this.command.config[key];
    return this.process.call(() =>
      this.process.run.configure({ config: { get, require: (key) => get(key) ?? "" } }),
    );
  }

  #provider(half: Half) {
    return half === "order" ? orderProvider(this.process.run) : purchaseProvider(this.process.run);
  }

  #declared(isPreview: boolean): Properties {
    const { name, urn, team, ...args } = this.#program;
    const given = Object.entries({ ...args, team }).filter(([, value]) => value !== undefined);
    return {
      ...Object.fromEntries(given),
      __teamIsDefault: true,
      __label: name,
      __resource: { organization: "org", urn },
      ...(isPreview && { __preview: true }),
    };
  }

  #replaces(half: Half): boolean {
    const resource = this.#state[half];
    return resource !== undefined && (resource.isTainted || this.command.replace?.includes(half)) === true;
  }

  /** The resource that an update goes on from; none where it is replaced. */
  #old(half: Half): Resource | undefined {
    return this.#replaces(half) ? undefined : this.#state[half];
  }

  readonly #calls: Calls = {
    check: async (half, olds, goal) => {
      const checked = await this.#judged(async () => this.#provider(half).check?.(olds, goal));
      const failures = checked?.failures ?? [];
      for (const { reason } of failures) this.process.says(reason, true);
      if (checked === undefined || failures.length > 0) throw new Failed();
      return storable(checked.inputs as Properties);
    },
    diff: async (half, old, inputs) => {
      const diff = await this.#judged(async () => this.#provider(half).diff?.(old.id, old.outputs, inputs));
      if (diff?.replaces !== undefined && diff.replaces.length > 0) throw new Fault("asks for a replacement");
      return diff?.changes === true;
    },
    create: (half, inputs) => this.#kept(inputs, () => this.#provider(half).create(inputs)),
    update: (half, old, inputs) =>
      this.#kept(inputs, async () => ({
        id: old.id,
        outs: (await this.#provider(half).update?.(old.id, old.outputs, inputs))?.outs,
      })),
  };

  /** A call whose failure fails the resource and keeps nothing. */
  async #judged<T>(method: () => Promise<T>): Promise<T> {
    try {
      return await this.process.call(method);
    } catch (error) {
      throw this.#asFailure(error);
    }
  }

  #asFailure(error: unknown): Error {
    if (error instanceof Interrupted) return error;
    if (!(error instanceof Error)) return new Fault("not an error");
    if (/charged\./.test(error.message)) {
      this.process.says(error.message, true);
      return new Failed(error.message);
    }
    return new Fault(`not an error for a person: ${error.message}`, { cause: error });
  }

  async #previewOrder(): Promise<Properties> {
    const old = this.#old("order");
    const { operation } = await judge(this.#calls, "order", old, this.#declared(true));
    return operation === "unchanged" && old !== undefined
      ? old.outputs
      : { orderId: UNKNOWN, __journal: UNKNOWN };
  }

  async #previewPurchase(order: Properties): Promise<void> {
    await judge(this.#calls, "purchase", this.#old("purchase"), this.#underOrder(order, true));
  }

  #updateOrder(): Promise<void> {
    return this.#update("order", this.#declared(false));
  }

  #updatePurchase(): Promise<void> {
    return this.#update("purchase", this.#underOrder((this.#state.order as Resource).outputs, false));
  }

  async #update(half: Half, goal: Properties): Promise<void> {
    const old = this.#old(half);
    const replaced = old ? undefined : this.#state[half];
    const judged = await judge(this.#calls, half, old, goal);
    const next = await carryOut(this.#calls, half, old, judged);
    await this.#save({ [half]: next, ...(replaced && { condemned: this.#condemning(half, replaced) }) });
    if (judged.operation !== "unchanged" && next.initErrors) throw new Failed();
  }

  #condemning(half: Half, resource: Resource): State["condemned"] {
    return [...this.#state.condemned, { half, resource }];
  }

  #underOrder({ orderId, __journal }: Properties, isPreview: boolean): Properties {
    return storable({ ...this.#declared(isPreview), orderId, __journal });
  }

  /** A create or update as it is kept: whole, or as a partial failure; a plain error keeps nothing. */
  async #kept(
    inputs: Properties,
    method: () => Promise<{ id?: string | undefined; outs?: Properties | undefined }>,
  ): Promise<Resource> {
    for (let calls = 1; ; calls++) {
      try {
        const { id, outs } = await this.process.call(method);
        return { id: id as string, inputs, outputs: storable(outs as Properties) };
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        const { id, properties, reasons } = error as {
          id?: string;
          properties?: Properties;
          reasons?: string[];
        };
        if (this.command.again && calls === 1) {
          this.#asFailure(error);
          continue;
        }
        if (id === undefined) throw this.#asFailure(error);
        for (const reason of reasons ?? []) this.process.says(reason, true);
        return { id, inputs, outputs: storable(properties as Properties), initErrors: true };
      }
    }
  }

  async #deleteCondemned(): Promise<void> {
    for (const half of ["purchase", "order"] as const) {
      for (const one of this.#state.condemned.filter((other) => other.half === half)) {
        await this.#delete(half, one.resource);
        await this.#save({ condemned: this.#state.condemned.filter((other) => other !== one) });
      }
    }
  }

  #delete(half: Half, { id, outputs }: Resource): Promise<void> {
    return this.#judged(async () => this.#provider(half).delete?.(id, outputs));
  }
}

/** As the engine stores it. What it can't store is a fault: the call would never end. */
function storable(properties: Properties): Properties {
  const text = JSON.stringify(properties);
  // `JSON.stringify` writes half a character as an escape.
  if (/\\ud[89a-f][0-9a-f]{2}/.test(text)) throw new Fault("half a character in what is stored");
  const stored = JSON.parse(text);
  if (Object.values(properties).some((value) => value === undefined)) {
    for (const [key, value] of Object.entries(properties)) {
      if (value === undefined && key !== "orderId" && key !== "__journal")
        throw new Fault(`${key} undefined`);
    }
  }
  return stored;
}
