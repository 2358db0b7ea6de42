import { createHash } from "node:crypto";
import type { JournalStore } from "./store";
import { readable, write } from "./writing";

/** Far more than one endpoint sells in a month. */
const MOST_ENTRIES = 1_000_000;

/**
 * The logs of the months: every order that is opened is an entry in the log of its endpoint and month (UTC). An entry's
 * number is taken by creating its record only if it is absent, so no lock is needed, and none is left behind.
 */
export class OpeningLog {
  /** The last entry that was seen, by log. */
  readonly #ends = new Map<string, number>();

  constructor(private readonly store: JournalStore) {}

  /** Adds an entry. Its name, by which the order's state finds it again. */
  async add(endpoint: string, entry: object, now = new Date()): Promise<string> {
    const log = `opening.${now.toISOString().slice(0, 7)}.${endpointInName(endpoint)}`;
    let end = this.#ends.get(log) ?? (await this.#findEnd(log));
    for (; end < MOST_ENTRIES; end++) {
      const name = entryName(log, end + 1);
      // If it is lost with the machine's power, the order counts as opened elsewhere: that fails closed.
      if (!(await write(this.store, name, entry, "lazy"))) continue;
      this.#ends.set(log, end + 1);
      return name;
    }
    throw new Error("the month's log is full");
  }

  /** By doubling the step, then halving it: a log is never listed. */
  async #findEnd(log: string): Promise<number> {
    const isThere = async (number: number) => (await this.store.read(entryName(log, number))) !== undefined;
    let [low, high] = [0, 1];
    while (high <= MOST_ENTRIES && (await isThere(high))) [low, high] = [high, high * 2];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await isThere(middle)) low = middle;
      else high = middle;
    }
    return low;
  }
}

function entryName(log: string, number: number): string {
  return `${log}.${String(number).padStart(6, "0")}`;
}

function endpointInName(endpoint: string): string {
  const host = URL.parse(endpoint)?.host ?? endpoint;
  return `${readable(host)}-${createHash("sha256").update(endpoint).digest("hex").slice(0, 8)}`;
}
