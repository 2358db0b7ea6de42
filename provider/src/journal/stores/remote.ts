import { randomUUID } from "node:crypto";
import type { IPolicy } from "cockatiel";
import { printable } from "../../domain/messages";
import type { JournalStore } from "../store";
import { recordText } from "../writing";
import { PlaceError, type RemotePlace } from "./place";

/** In milliseconds. */
export interface Times {
  /** How long one request to a place may take, and how long all tries of one operation. */
  readonly request: number;
  readonly operation: number;
  /** A list comes in pages, one after the other; nobody waits for it but a person. */
  readonly list: number;
  /** After an operation that failed for want of an answer, all others fail at once for so long: one time-out for all. */
  readonly pause: number;
  /** Before it is asked for the second time; later ones are longer. */
  readonly repeat: number;
}
const TIMES: Times = { request: 10_000, operation: 25_000, list: 120_000, pause: 60_000, repeat: 100 };
const MOST_TRIES = 5;
/** So many operations of one process are under way at a time. One that waits for its turn has all of its time then. */
const AT_ONCE = 16;
/** So many records are read by one request, where a place can do that. */
const MOST_NAMES = 500;

/** A record that is there and can't be read: whoever parses it finds it torn. */
const UNREADABLE = "";

/**
 * Records in a bucket or a database, for many machines. What is the same for all places is here: requests are bounded, in
 * time and in number, and repeated, which is safe since a record is never overwritten; a lost answer is settled by reading
 * the record back; and a place that doesn't keep its word is found out before the first record is written.
 */
export class RemoteStore implements JournalStore {
  /** Records that are there: one that isn't found afterwards is in doubt, and not absent. */
  readonly #there = new Set<string>();
  #place: Promise<RemotePlace> | undefined;
  #policies: Promise<Policies> | undefined;
  #down: { readonly until: number; readonly error: Error } | undefined;
  #probed: Promise<void> | undefined;

  /** @param load Its client is loaded when the first record is read or written. */
  constructor(
    private readonly load: () => Promise<RemotePlace>,
    private readonly times: Times = TIMES,
  ) {}

  async createIfAbsent(name: string, text: string): Promise<boolean> {
    await this.#keepsItsWord();
    // Also where it was down a moment ago, but with one try: what an order came to should be kept.
    const isDown = this.#isDown();
    const always = { evenIfDown: true, once: true };
    try {
      const isOurs = await this.#ask((place, signal) => place.create(name, text, signal), {
        evenIfDown: true,
        once: isDown,
      });
      this.#there.add(name);
      return isOurs;
    } catch (error) {
      if (isDown) throw error;
      // Its answers were lost: what is there by now says how it ended, if anything is.
      const read = (place: RemotePlace, signal: AbortSignal) => place.read(name, signal);
      const found = await this.#ask(read, always).catch(() => undefined);
      if (found === undefined) throw error;
      this.#there.add(name);
      return found === text;
    }
  }

  async read(name: string): Promise<string | undefined> {
    const text = await this.#ask((place, signal) => place.read(name, signal));
    if (text !== undefined) this.#there.add(name);
    return text ?? (this.#there.has(name) ? UNREADABLE : undefined);
  }

  async mark(name: string, textFor: (place: string) => string): Promise<boolean> {
    await this.#keepsItsWord();
    const isOurs = await this.#ask((place, signal) => place.mark(name, textFor, signal));
    this.#there.add(name);
    return isOurs;
  }

  placeOf(name: string): Promise<string | undefined> {
    return this.#ask((place, signal) => place.placeOf(name, signal));
  }

  names(): Promise<string[]> {
    return this.#ask((place, signal) => place.names(signal), { isList: true });
  }

  async readMany(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { readMany } = await this.#loaded();
    const parts = inParts(names, readMany === undefined ? 1 : MOST_NAMES);
    const found = new Map<string, string>();
    // No more than are under way at a time, so that what failed ends them all.
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
      // What it was found out to do, it does; all else may be mended.
      if (!(error instanceof BrokenWord)) this.#probed = undefined;
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
    const isSecondTaken = await this.#ask((place, signal) => place.create(name, second, signal)).catch(
      async (error) => {
        // Some look at the right to overwrite before they look at the condition: what is there tells.
        if ((await read()) === first) return false;
        throw error;
      },
    );
    const broken = whatIsBroken(first, { before, isFirstTaken, isSecondTaken, found: await read() });
    if (broken === undefined) return;
    throw new BrokenWord(
      `it doesn't keep a record from being overwritten, or read as it was written, so two machines could buy the same thing: ${broken}`,
    );
  }

  async #ask<T>(
    what: (place: RemotePlace, signal: AbortSignal) => Promise<T>,
    { evenIfDown = false, isList = false, once = false } = {},
  ): Promise<T> {
    this.#policies ??= loadPolicies(this.times);
    const { turn, one, list, single } = await this.#policies;
    return turn.execute(async () => {
      if (this.#down !== undefined && this.#isDown() && !evenIfDown) throw this.#down.error;
      const place = await this.#loaded();
      let last: unknown;
      try {
        const answer = await (isList ? list : once ? single : one).execute(async ({ signal }) => {
          signal.throwIfAborted(); // its time was over while it waited to be repeated
          return await what(place, signal).catch((error) => {
            // What a request that was given up says is only that.
            if (!signal.aborted) last = error;
            throw error;
          });
        });
        this.#down = undefined;
        return answer;
      } catch (error) {
        if (error instanceof PlaceError) throw error;
        const down = new Error(
          inWords(last ?? error, isList ? this.times.list : once ? this.times.request : this.times.operation),
        );
        this.#down = { until: Date.now() + this.times.pause, error: down };
        throw down;
      }
    });
  }

  /** It didn't answer a moment ago. */
  #isDown(): boolean {
    return this.#down !== undefined && Date.now() < this.#down.until;
  }

  #loaded(): Promise<RemotePlace> {
    this.#place ??= this.load().catch((error) => {
      this.#place = undefined;
      throw error;
    });
    return this.#place;
  }
}

/** It doesn't keep its word, and so nothing is written there. */
class BrokenWord extends PlaceError {}

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

interface Policies {
  readonly turn: IPolicy;
  readonly one: IPolicy;
  /** Without a repeat. */
  readonly single: IPolicy;
  readonly list: IPolicy;
}

/** So many operations at once; all tries of one within one time, each in a time of its own. */
async function loadPolicies(times: Times): Promise<Policies> {
  const { bulkhead, ExponentialBackoff, handleWhen, retry, timeout, TimeoutStrategy, wrap } = await import(
    "cockatiel"
  );
  const within = (milliseconds: number) => timeout(milliseconds, TimeoutStrategy.Aggressive);
  const repeated = retry(
    handleWhen((error) => !(error instanceof PlaceError)),
    {
      maxAttempts: MOST_TRIES - 1,
      backoff: new ExponentialBackoff({ initialDelay: times.repeat, maxDelay: 3000 }),
    },
  );
  return {
    turn: bulkhead(AT_ONCE, Number.POSITIVE_INFINITY),
    one: wrap(within(times.operation), repeated, within(times.request)),
    single: within(times.request),
    list: wrap(within(times.list), repeated),
  };
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.slice(part * size, (part + 1) * size),
  );
}

/** One line, however much of a page an answer was. */
function inWords(error: unknown, milliseconds: number): string {
  const { name, message, code, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  if ("isTaskCancelledError" in (error as object)) return `no answer within ${milliseconds / 1000} seconds`;
  const words = message || errors?.[0]?.message || name; // an AggregateError has no message of its own
  const number = code !== undefined && !words.includes(code) ? ` (${code})` : "";
  return `${printable(words.replaceAll(/\s+/g, " ").trim(), 300)}${number}`;
}
