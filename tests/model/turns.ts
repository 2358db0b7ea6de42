import { clock, sleeper } from "./simulation";

/** Nobody sleeps shorter, so that waiting for a lease takes a few looks and not thousands. */
const SHORTEST_SLEEP_MS = 25_000;

/**
 * Lets one chain of steps after the other take its next one, in an order that the history gives. Time passes only where
 * all that are left sleep.
 */
export class Turns {
  readonly #waiting: { readonly by: number; go(): void }[] = [];
  #sleeping: { readonly until: number; go(): void }[] = [];
  #chains = 0;

  constructor() {
    sleeper.sleep = (ms) =>
      new Promise((go) => {
        this.#sleeping.push({ until: clock.now + Math.max(ms, SHORTEST_SLEEP_MS), go });
      });
  }

  /** Where nothing else could go on, the step is taken at once. */
  async take(by: number): Promise<void> {
    if (this.#chains <= 1 && this.#waiting.length === 0 && this.#sleeping.length === 0) return;
    await new Promise<void>((go) => {
      this.#waiting.push({ by, go });
      this.#waiting.sort((a, b) => b.by - a.by);
    });
  }

  /** Another chain goes on beside those there are, until it ends. */
  async beside<T>(chain: () => Promise<T>): Promise<T> {
    this.#chains++;
    try {
      return await chain();
    } finally {
      this.#chains--;
    }
  }

  /** Goes on until all have ended; with none, until nothing is left that could go on. */
  async play(all: (() => Promise<unknown>)[] = [], order: readonly number[] = []): Promise<void> {
    const left = [...order];
    let ended = false;
    this.#chains += all.length;
    const chains = all.map((chain) => chain().finally(() => this.#chains--));
    const outcome = Promise.all(chains).finally(() => (ended = true));
    outcome.catch(() => undefined);
    for (;;) {
      await new Promise(setImmediate); // whoever was let go has come to its next step, or to its end
      if (ended && all.length > 0) break;
      const [next] = this.#waiting.splice((left.shift() ?? 0) % Math.max(1, this.#waiting.length), 1);
      if (next !== undefined) next.go();
      else if (this.#sleeping.length > 0) this.#wakeFirst();
      else if (all.length > 0) throw new Error("the model stands still");
      else break;
    }
    await outcome;
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#sleeping.length === 0;
  }

  #wakeFirst(): void {
    const first = Math.min(...this.#sleeping.map(({ until }) => until));
    clock.advance(Math.max(0, first - clock.now));
    const awake = this.#sleeping.filter(({ until }) => until <= clock.now);
    this.#sleeping = this.#sleeping.filter(({ until }) => until > clock.now);
    for (const { go } of awake) go();
  }
}
