import { createHash } from "node:crypto";
import type { JournalStore } from "./store";
import { readable, write } from "./writing";

/** Far more than one endpoint sells in a month. */
const MOST_ENTRIES = 1_000_000;

export interface NamedText {
  readonly name: string;
  readonly text: string | undefined;
}

/** Looks at all entries before the one that is to be made; an answer is why it may not be. */
export type Objection<T> = (before: readonly NamedText[]) => Promise<T | undefined>;

type Added<T> = { readonly name: string } | { readonly objection: T };

/**
 * The logs of the months: every order that is opened is an entry in the log of its endpoint and month (UTC). An entry's
 * number is taken by creating its record only if it is absent, so no lock is needed, and none is left behind: whoever makes
 * the entry `N` has seen all before it, and nobody else can have made it.
 */
export class OpeningLog {
  /** The last entry that was seen, by log. */
  readonly #ends = new Map<string, number>();
  /** Entries that were read; a record never changes. */
  readonly #texts = new Map<string, string>();

  /** Orders of one process open one after the other: at once, each would try the numbers that the others take. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: JournalStore) {}

  /** Adds an entry. Its name, by which the order's state finds it again; or why it was not made. */
  add<T = never>(
    endpoint: string,
    entry: object,
    {
      now = new Date(),
      objection,
    }: { readonly now?: Date; readonly objection?: Objection<T> | undefined } = {},
  ): Promise<Added<T>> {
    const log = nameOf(endpoint, now);
    const added = this.#last.then(() => this.#add(log, entry, objection));
    this.#last = added.catch(() => this.#ends.delete(log)); // so that the next one asks a place that is away, and hears so at once
    return added;
  }

  async #add<T>(log: string, entry: object, objection?: Objection<T>): Promise<Added<T>> {
    for (let end = this.#ends.get(log) ?? (await this.#findEnd(log)); end < MOST_ENTRIES; end++) {
      const why = await objection?.(await this.#entries(log, end));
      if (why !== undefined) return { objection: why };
      const name = entryName(log, end + 1);
      // One that is lost with the machine's power would hide those after it.
      const isMade = await write(this.store, name, entry, "durable");
      this.#ends.set(log, end + 1);
      if (isMade) return { name };
    }
    throw new Error("the month's log is full");
  }

  /** All entries of a month. */
  async entries(endpoint: string, now = new Date()): Promise<NamedText[]> {
    const log = nameOf(endpoint, now);
    return this.#entries(log, await this.#findEnd(log));
  }

  #entries(log: string, end: number): Promise<NamedText[]> {
    return Promise.all(
      Array.from({ length: end }, async (_, index) => {
        const name = entryName(log, index + 1);
        const text = this.#texts.get(name) ?? (await this.store.read(name));
        if (text !== undefined) this.#texts.set(name, text);
        return { name, text };
      }),
    );
  }

  /** By doubling the step, then halving it: a log is never listed. */
  async #findEnd(log: string): Promise<number> {
    const isThere = async (number: number) => (await this.store.read(entryName(log, number))) !== undefined;
    let low = this.#ends.get(log) ?? 0;
    let step = 1;
    for (; low + step <= MOST_ENTRIES && (await isThere(low + step)); step *= 2) low += step;
    let high = low + step;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await isThere(middle)) low = middle;
      else high = middle;
    }
    return low;
  }
}

function nameOf(endpoint: string, now: Date): string {
  return `opening.${now.toISOString().slice(0, 7)}.${endpointInName(endpoint)}`;
}

function entryName(log: string, number: number): string {
  return `${log}.${String(number).padStart(6, "0")}`;
}

function endpointInName(endpoint: string): string {
  const host = URL.parse(endpoint)?.host ?? endpoint;
  return `${readable(host)}-${createHash("sha256").update(endpoint).digest("hex").slice(0, 8)}`;
}
