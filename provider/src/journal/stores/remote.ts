import { randomUUID } from "node:crypto";
import type { IPolicy } from "cockatiel";
import type { JournalStore } from "../store";
import { recordText } from "../writing";
import { PlaceError, type RemotePlace } from "./place";

/** How long one request to a place may take, and how long all tries of one operation. */
const REQUEST_MS = 10_000;
const OPERATION_MS = 25_000;
const MOST_TRIES = 5;
/** So many requests of one process are under way at a time. */
const AT_ONCE = 16;
/** So many records are read by one request, where a place can do that. */
const MOST_NAMES = 500;
/** After an operation that failed for want of an answer, all others fail at once for so long: one time-out for all. */
const PAUSE_MS = 60_000;

/** A record that is there and can't be read: whoever parses it finds it torn. */
const UNREADABLE = "";

/**
 * Records in a bucket or a database, for many machines. What is the same for all places is here: requests are bounded, in
 * time and in number, and repeated, which is safe since a record is never overwritten; a lost answer is settled by reading
 * the record back; and a place that doesn't keep its word is found out before the first record is written.
 */
export class RemoteStore implements JournalStore {
  /** Records that somebody else has: one that can't be read afterwards is somebody's, and not absent. */
  readonly #taken = new Set<string>();
  #place: Promise<RemotePlace> | undefined;
  #policy: Promise<IPolicy> | undefined;
  #down: { readonly until: number; readonly error: Error } | undefined;
  #probed: Promise<void> | undefined;

  /** @param load Its client is loaded when the first record is read or written. */
  constructor(private readonly load: () => Promise<RemotePlace>) {}

  async createIfAbsent(name: string, text: string): Promise<boolean> {
    await this.#keepsItsWord();
    try {
      // Also where it was down a moment ago: what an order came to must be kept.
      const isOurs = await this.#ask((place, signal) => place.create(name, text, signal), {
        evenIfDown: true,
      });
      if (!isOurs) this.#taken.add(name);
      return isOurs;
    } catch (error) {
      // Its answers were lost: what is there by now says how it ended, if anything is.
      const found = await this.#ask((place, signal) => place.read(name, signal)).catch(() => undefined);
      if (found === undefined) throw error;
      if (found !== text) this.#taken.add(name);
      return found === text;
    }
  }

  async read(name: string): Promise<string | undefined> {
    const text = await this.#ask((place, signal) => place.read(name, signal));
    return text ?? (this.#taken.has(name) ? UNREADABLE : undefined);
  }

  async mark(name: string, textFor: (place: string) => string): Promise<boolean> {
    await this.#keepsItsWord();
    return this.#ask((place, signal) => place.mark(name, textFor, signal));
  }

  placeOf(name: string): Promise<string | undefined> {
    return this.#ask((place, signal) => place.placeOf(name, signal));
  }

  names(): Promise<string[]> {
    return this.#ask((place, signal) => place.names(signal));
  }

  async readMany(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { readMany } = await this.#loaded();
    const parts = inParts(names, readMany === undefined ? 1 : MOST_NAMES);
    const found = new Map<string, string>();
    // Not all at once: the time of an operation begins when it is asked for.
    const reader = async () => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        for (const [name, text] of await this.#readPart(part)) found.set(name, text);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, reader));
    } finally {
      parts.length = 0; // where one failed, the others end, too
    }
    return found;
  }

  async #readPart(names: readonly string[]): Promise<readonly (readonly [string, string])[]> {
    const together = await this.#ask(async (place, signal) => place.readMany?.(names, signal));
    if (together !== undefined) return together;
    const each = await Promise.all(names.map(async (name) => [name, await this.read(name)] as const));
    return each.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
  }

  /** Once per process, before its first record. */
  #keepsItsWord(): Promise<void> {
    this.#probed ??= this.#probe().catch((error) => {
      this.#probed = undefined;
      throw error;
    });
    return this.#probed;
  }

  /**
   * Two records of one fresh name, then a read: only the first may be there. It can't show a race; the places that were
   * tried with one are named in the documents.
   */
  async #probe(): Promise<void> {
    const name = `probe.${randomUUID()}`;
    const [first, second] = [recordText({ probe: 1 }), recordText({ probe: 2 })];
    const read = () => this.#ask((place, signal) => place.read(name, signal));
    // A cache may keep that it is absent.
    const before = await read();
    const isFirstTaken = await this.#ask((place, signal) => place.create(name, first, signal));
    const isSecondTaken = await this.#ask((place, signal) => place.create(name, second, signal));
    const broken = whatIsBroken(first, { before, isFirstTaken, isSecondTaken, found: await read() });
    if (broken === undefined) return;
    throw new PlaceError(
      `it doesn't keep a record from being overwritten, or read as it was written, so two machines could buy the same thing: ${broken}`,
    );
  }

  async #ask<T>(
    what: (place: RemotePlace, signal: AbortSignal) => Promise<T>,
    { evenIfDown = false } = {},
  ): Promise<T> {
    if (this.#down !== undefined && Date.now() < this.#down.until && !evenIfDown) throw this.#down.error;
    const place = await this.#loaded();
    this.#policy ??= boundedPolicy();
    const policy = await this.#policy;
    try {
      const answer = await policy.execute(({ signal }) => what(place, signal));
      this.#down = undefined;
      return answer;
    } catch (error) {
      if (error instanceof PlaceError) throw error;
      const down = new Error(inWords(error));
      this.#down = { until: Date.now() + PAUSE_MS, error: down };
      throw down;
    }
  }

  #loaded(): Promise<RemotePlace> {
    this.#place ??= this.load().catch((error) => {
      this.#place = undefined;
      throw error;
    });
    return this.#place;
  }
}

interface Probed {
  readonly before: string | undefined;
  readonly isFirstTaken: boolean;
  readonly isSecondTaken: boolean;
  readonly found: string | undefined;
}

/** What a place did that it may not, in words that name it. The first answer may have been lost: what is there counts. */
function whatIsBroken(
  first: string,
  { before, isFirstTaken, isSecondTaken, found }: Probed,
): string | undefined {
  if (before !== undefined) return "it has a record under a name that nobody used";
  if (isSecondTaken) return "it let a second record take the name of the first (it ignores the condition)";
  if (found === undefined && !isFirstTaken)
    return "it refused the first record of a name (it inverts the condition)";
  if (found === undefined) return "it doesn't find a record that was just written (it answers from a cache)";
  return found === first ? undefined : "it reads something else than was written";
}

/** All tries of one operation within one time, so many requests at once, each in a time of its own. */
async function boundedPolicy(): Promise<IPolicy> {
  const { bulkhead, ExponentialBackoff, handleWhen, retry, timeout, TimeoutStrategy, wrap } = await import(
    "cockatiel"
  );
  return wrap(
    timeout(OPERATION_MS, TimeoutStrategy.Aggressive),
    retry(
      handleWhen((error) => !(error instanceof PlaceError)),
      { maxAttempts: MOST_TRIES - 1, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 3000 }) },
    ),
    bulkhead(AT_ONCE, Number.POSITIVE_INFINITY),
    timeout(REQUEST_MS, TimeoutStrategy.Aggressive),
  );
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.slice(part * size, (part + 1) * size),
  );
}

function inWords(error: unknown): string {
  const { name, message, code, ...more } = error as NodeJS.ErrnoException;
  if ("isTaskCancelledError" in more) return `no answer within ${OPERATION_MS / 1000} seconds`;
  return [message || name, code !== undefined && !message?.includes(code) ? `(${code})` : ""]
    .join(" ")
    .trim();
}
