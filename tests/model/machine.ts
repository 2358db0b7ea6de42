import type { Reply } from "../../provider/src/http/request";
import { Run } from "../../provider/src/lifecycle/run";

/** Lets one process after the other take its next step, in an order that the history gives. */
export class Turns {
  readonly #waiting: { readonly by: number; go(): void }[] = [];

  take(by: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ by, go });
      this.#waiting.sort((a, b) => b.by - a.by);
    });
  }

  /** Goes on until `all` have ended; with none, until nothing is left that could go on. */
  async play(all: Promise<unknown>[] = [], order: readonly number[] = []): Promise<void> {
    const left = [...order];
    let ended = false;
    if (all.length > 0) void Promise.allSettled(all).then(() => (ended = true));
    for (;;) {
      await new Promise(setImmediate); // whoever was let go has come to its next step, or to its end
      if (ended) return;
      const [next] = this.#waiting.splice((left.shift() ?? 0) % Math.max(1, this.#waiting.length), 1);
      if (next === undefined) {
        if (all.length > 0) throw new Error("the model stands still");
        return;
      }
      next.go();
    }
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }
}

/** The journal's folder on a disk: it outlives all processes. */
export class Disk {
  constructor(readonly records = new Map<string, string>()) {}

  createIfAbsent(name: string, text: string): boolean {
    if (this.records.has(name)) return false;
    this.records.set(name, text);
    return true;
  }
}

/** `crash`: the provider process ends. `kill`: the engine ends, and the provider goes on alone. */
export interface Mishap {
  readonly kind: "crash" | "kill";
  /** Before which of its steps. */
  readonly at: number;
}

/** From which write on the disk is full, and whether a record is cut off there or not written at all. */
export interface DiskFault {
  readonly from: number;
  readonly torn: boolean;
}

export class Interrupted extends Error {}

export interface Circumstances {
  readonly id: number;
  readonly turns: Turns;
  readonly mishap?: Mishap | undefined;
  readonly diskFault?: DiskFault | undefined;
  disk(folder: string): Disk;
  /** The endpoint gets the request. Its answer comes later, or never. */
  send(): Reply;
}

/** One provider process: one preview or one update. A crash freezes it: what it waits for never comes. */
export class ProviderProcess {
  readonly run: Run;
  readonly #circumstances: Circumstances;
  readonly #interrupted = Promise.withResolvers<never>();
  #steps = 0;
  #writes = 0;
  #isFrozen = false;
  #engineIsGone = false;

  constructor(circumstances: Circumstances) {
    this.#circumstances = circumstances;
    this.#interrupted.promise.catch(() => undefined);
    this.run = new Run(
      {
        buy: () => this.#buy(),
        ask: () => this.#ask(),
        engineIsGone: () => this.#looksForEngine(),
        tries: async () => [],
        store: (folder) => ({
          createIfAbsent: (name, text) => this.#write(folder, name, text),
          read: (name) => this.#read(folder, name),
        }),
      },
      { VERCEL_API_TOKEN: "token" },
    );
  }

  /** A call of the engine, with everything as JSON; it never comes back to an engine that was interrupted. */
  async call<T>(method: () => Promise<T>): Promise<T> {
    if (this.#isFrozen || this.#engineIsGone) throw new Interrupted();
    const result = await Promise.race([method(), this.#interrupted.promise]);
    return result === undefined ? result : JSON.parse(JSON.stringify(result));
  }

  /** The engine writes the state. It does so for a provider that has just ended, too. */
  async save(write: () => void): Promise<void> {
    await this.#engineStep();
    write();
    await this.#engineStep();
  }

  async #engineStep() {
    this.#strike();
    if (this.#engineIsGone) throw new Interrupted();
    await this.#circumstances.turns.take(this.#circumstances.id);
  }

  async #step() {
    this.#strike();
    await this.#turn();
  }

  async #turn() {
    if (this.#isFrozen) await new Promise(() => undefined);
    await this.#circumstances.turns.take(this.#circumstances.id);
  }

  #strike() {
    const { mishap } = this.#circumstances;
    this.#steps++;
    if (mishap?.at !== this.#steps) return;
    if (mishap.kind === "crash") this.#isFrozen = true;
    else this.#engineIsGone = true;
    this.#interrupted.reject(new Interrupted());
  }

  async #buy(): Promise<Reply> {
    await this.#step();
    const reply = this.#circumstances.send();
    await this.#step();
    return reply;
  }

  async #ask(): Promise<Reply> {
    await this.#step();
    return { kind: "answer", httpStatus: 200, requestId: undefined, body: "{}", whole: true };
  }

  async #looksForEngine(): Promise<boolean> {
    await this.#step();
    return this.#engineIsGone;
  }

  async #write(folder: string, name: string, text: string): Promise<boolean> {
    await this.#step();
    const { diskFault } = this.#circumstances;
    const disk = this.#circumstances.disk(folder);
    if (diskFault !== undefined && ++this.#writes >= diskFault.from) {
      if (diskFault.torn) disk.createIfAbsent(name, text.slice(0, text.length / 2));
      throw new Error("ENOSPC: no space left on device");
    }
    const isFirst = disk.createIfAbsent(name, text);
    await this.#step();
    return isFirst;
  }

  async #read(folder: string, name: string): Promise<string | undefined> {
    await this.#turn();
    return this.#circumstances.disk(folder).records.get(name);
  }
}
