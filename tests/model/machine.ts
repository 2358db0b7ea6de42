import { UpdateLedger } from "../../provider/src/charge/update-ledger";
import type { Reply } from "../../provider/src/http/request";
import type { Durability, JournalStore } from "../../provider/src/journal/store";
import { Run } from "../../provider/src/lifecycle/run";
import type { Disk } from "./disk";
import { running, type SimulatedProcess, sleeper, started } from "./simulation";
import type { Turns } from "./turns";

/**
 * `crash`: the provider process ends. `kill`: the engine ends, and the provider goes on alone. `power`: the machine
 * stops, and what was not flushed to its disk is lost.
 */
export interface Mishap {
  readonly kind: "crash" | "kill" | "power";
  /** Before which of its steps. */
  readonly at: number;
}

/**
 * From which write on something is wrong, and for how many. `full`: nothing can be written. `torn`: a record is cut off.
 * `unreachable`: nothing can be read either; `from` counts reads, too.
 */
export interface DiskFault {
  readonly kind: "full" | "torn" | "unreachable";
  readonly from: number;
  readonly for: number;
}

/** A machine: its clock, and the run of its kernel. */
export interface Host {
  readonly name: string;
  readonly clockAheadMs: number;
  boots: number;
}

export class Interrupted extends Error {}

export interface Circumstances {
  readonly id: number;
  readonly host: Host;
  readonly turns: Turns;
  readonly mishap?: Mishap | undefined;
  readonly diskFault?: DiskFault | undefined;
  /** At which step somebody copies the state and the journal. */
  readonly backup?: { readonly at: number; take(): void } | undefined;
  readonly hasToken?: boolean;
  readonly isSlow?: boolean | undefined;
  readonly sleepsAt?: number | undefined;
  /** The same in all provider processes of one engine process. */
  readonly engine: string;
  disk(folder: string): Disk;
  /** All of the machine stops. */
  losePower(): void;
  /** A record is about to be written. */
  writing(): void;
  /** The endpoint gets the request, and acts. */
  send(orderId: string, until: number, name: string): { readonly reply: Reply; answered(): void };
  said(line: string, isThrown: boolean): void;
}

/** The longest that a request can be under way. */
const LONGEST_REQUEST_MS = (4 * 120 + 60) * 1000;

/** One provider process. A crash freezes it: what it waits for never comes. */
export class ProviderProcess implements SimulatedProcess {
  readonly run: Run;
  readonly pid: number;
  readonly host: string;
  readonly bootId: string;
  readonly clockAheadMs: number;
  readonly #circumstances: Circumstances;
  readonly #interrupted = Promise.withResolvers<never>();
  #steps = 0;
  #writes = 0;
  #reads = 0;
  #isFrozen = false;
  #engineIsGone = false;
  #isDone = false;
  #calls = 0;

  constructor(circumstances: Circumstances) {
    this.#circumstances = circumstances;
    this.pid = circumstances.id;
    this.host = circumstances.host.name;
    this.bootId = `boot ${circumstances.host.boots}`;
    this.clockAheadMs = circumstances.host.clockAheadMs;
    started.set(this.pid, this);
    this.#interrupted.promise.catch(() => undefined);
    const { engine } = circumstances;
    this.run = new Run(
      {
        buy: ({ orderId, name }, _endpoint, mayStillSend) => this.#buy(orderId, name, mayStillSend),
        ask: () => this.#ask(),
        engineIsGone: () => this.#looksForEngine(),
        books: async () => [],
        updateHasPlan: () => undefined,
        store: ({ shown: folder }) => this.#store(folder),
        ledger: (folder, seconds) => new UpdateLedger(`${folder}/${engine}`, seconds),
      },
      { PULUMI_HOME: "/home", ...(circumstances.hasToken !== false && { VERCEL_API_TOKEN: "token" }) },
    );
  }

  /** Known for certain on its own machine. */
  get hasEnded(): boolean {
    return this.#isFrozen || (this.#isDone && this.#calls === 0);
  }

  get isLost(): boolean {
    return this.#isFrozen || this.#engineIsGone;
  }

  /** A call of the engine, with everything as JSON; it never comes back to an engine that was interrupted. */
  async call<T>(method: () => Promise<T>): Promise<T> {
    if (this.isLost) throw new Interrupted();
    this.#calls++;
    const called = running.run(this, method).finally(() => this.#calls--);
    const result = await Promise.race([called, this.#interrupted.promise]);
    return result === undefined ? result : JSON.parse(JSON.stringify(result));
  }

  /** A line that it printed, or the message of an error that it threw. */
  says(line: string, isThrown: boolean): void {
    this.#circumstances.said(line, isThrown);
  }

  /** The engine writes the state. It does so for a provider that has just ended, too. */
  async save(write: () => void): Promise<void> {
    await this.#engineStep();
    write();
    await this.#engineStep();
  }

  /** Its engine has ended, and it ends once its calls have. */
  done(): void {
    this.#isDone = true;
  }

  /** Its machine stops. */
  freeze(): void {
    this.#isFrozen = true;
    this.#engineIsGone = true;
    this.#interrupted.reject(new Interrupted());
  }

  async #engineStep() {
    this.#strike();
    if (this.#engineIsGone) throw new Interrupted();
    await this.#circumstances.turns.take(this.pid);
    if (this.#engineIsGone) throw new Interrupted();
  }

  async #step() {
    this.#strike();
    if (this.#steps === this.#circumstances.sleepsAt) await sleeper.sleep(3_600_000);
    await this.#turn();
  }

  async #turn() {
    if (this.#isFrozen) await new Promise(() => undefined);
    await this.#circumstances.turns.take(this.pid);
    if (this.#isFrozen) await new Promise(() => undefined);
  }

  #strike() {
    const { mishap, backup } = this.#circumstances;
    this.#steps++;
    if (backup?.at === this.#steps) backup.take();
    if (mishap?.at !== this.#steps) return;
    if (mishap.kind === "power") this.#circumstances.losePower();
    else if (mishap.kind === "crash") this.#isFrozen = true;
    else this.#engineIsGone = true;
    this.#interrupted.reject(new Interrupted());
  }

  async #buy(orderId: string, name: string, mayStillSend: () => boolean): Promise<Reply> {
    await this.#step();
    if (!mayStillSend()) return { kind: "unsent", problem: "too late", tooLate: true };
    const { reply, answered } = this.#circumstances.send(orderId, LONGEST_REQUEST_MS, name);
    if (this.#circumstances.isSlow) await sleeper.sleep(120_000);
    await this.#step();
    answered();
    return reply;
  }

  async #ask(): Promise<Reply> {
    await this.#turn();
    return { kind: "answer", httpStatus: 200, requestId: undefined, body: "{}", whole: true };
  }

  async #looksForEngine(): Promise<boolean> {
    await this.#step();
    return this.#engineIsGone;
  }

  #store(folder: string): JournalStore {
    const disk = () => this.#circumstances.disk(folder);
    return {
      createIfAbsent: (name, text, durability) =>
        this.#write(text, (whole) => disk().createIfAbsent(name, whole, durability)),
      read: async (name) => {
        await this.#turn();
        if (this.#isUnreachable()) throw new Error("EIO: i/o error \ud83d");
        return disk().read(name);
      },
      mark: (name, textFor) =>
        this.#write(textFor(disk().place), (whole) => disk().createIfAbsent(name, whole, "durable")),
      placeOf: async (name) => (disk().has(name) ? disk().place : undefined),
      names: async () => [],
      readMany: async () => new Map(),
    };
  }

  #isUnreachable(): boolean {
    const { diskFault } = this.#circumstances;
    if (diskFault?.kind !== "unreachable") return false;
    this.#reads++;
    return this.#reads >= diskFault.from && this.#reads < diskFault.from + diskFault.for;
  }

  async #write(text: string, create: (text: string) => boolean): Promise<boolean> {
    await this.#step();
    this.#circumstances.writing();
    const { diskFault } = this.#circumstances;
    this.#writes++;
    if (this.#isUnreachable()) throw new Error("EIO: i/o error");
    const isFull =
      diskFault &&
      diskFault.kind !== "unreachable" &&
      this.#writes >= diskFault.from &&
      this.#writes < diskFault.from + diskFault.for;
    if (isFull) {
      if (diskFault.kind === "torn") create(text.slice(0, text.length / 2));
      throw new Error("ENOSPC: no space left on device \ud83d");
    }
    const isFirst = create(text);
    await this.#step();
    return isFirst;
  }
}

export type { Durability };
