import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { OUTCOMES } from "../domain/outcome";
import { hasEnded, isGone, thisProcess, writerSchema } from "../domain/process-identity";
import { UpdateFolder } from "./update-folder";

const CHARGE = z.looseObject({
  purchase: z.string(),
  order: z.string(),
  amount: z.number(),
  process: writerSchema,
  time: z.string(),
});
/** A charge that is about to be made: the purchase's name in the program, the order's id, and dollars. */
export type PlannedCharge = Pick<z.infer<typeof CHARGE>, "purchase" | "order" | "amount">;

const END = z.looseObject({ outcome: z.enum(OUTCOMES), counts: z.boolean() });
/** How a charge ended, and whether it counts against what the update may charge. */
export type End = Pick<z.infer<typeof END>, "outcome" | "counts">;

export type Turn<Ended, Objection> =
  | { readonly kind: "ended"; readonly ended: Ended }
  /** `judge` had an objection. Nothing was sent. */
  | { readonly kind: "objection"; readonly objection: Objection }
  /**
   * Nobody knows how an earlier charge of this update ended, that of `purchase` (undefined where not even its name can
   * be read). Nothing was sent.
   */
  | { readonly kind: "inDoubt"; readonly purchase: string | undefined };

const LOOKS_EVERY_MS = 50;

/**
 * The charges of one update, in a folder that all its provider processes share: they go one at a time, and each knows
 * what those before it came to.
 *
 * `charge.<N>` is created before the Nth charge, by the one process that is first; how it ended is added to it. N is
 * free only when N-1 has ended. Nothing more is charged once one ended as `unknown`, or its process died with it.
 */
export class UpdateLedger {
  readonly #folder: UpdateFolder;
  /** The first charge whose end this process doesn't know, and the dollars that those before it add up to. */
  #next = 1;
  #spent = 0;
  /** Set for good once it is known. */
  #inDoubt: string | undefined;
  /** The charge of another process that is waited for: once for all of this process, not for each anew. */
  #waiting = { for: 0, until: 0 };
  /** Ends with the turn that this process has. */
  #ownTurn: Promise<unknown> | undefined;

  /**
   * @param folder This update's own, named by its engine's key. Folders beside it are removed when they are a day old.
   * @param longestTurnSeconds How long a charge of another process can take; it is in doubt after that.
   */
  constructor(
    folder: string,
    private readonly longestTurnSeconds: number,
  ) {
    this.#folder = new UpdateFolder(folder);
  }

  /**
   * Waits until every charge before has ended, and makes this one, by `send`, before any other.
   *
   * Throws, without a call of `send`, where the folder can't be read or written. Where `send` throws, nobody knows how
   * the charge ended, so it counts and stops all that would follow, and the error is thrown on.
   *
   * @param judge What speaks against this charge after so many dollars; undefined lets it go on. Can be asked again.
   */
  async inTurn<Ended extends End, Objection>(
    charge: PlannedCharge,
    judge: (spent: number) => Objection | undefined,
    send: () => Promise<Ended>,
  ): Promise<Turn<Ended, Objection>> {
    while (this.#inDoubt === undefined) {
      if (this.#ownTurn !== undefined) {
        await this.#ownTurn;
        continue;
      }
      const number = this.#next;
      let last = this.#read(number);
      if (last === undefined) {
        const objection = judge(this.#spent);
        if (objection !== undefined) return { kind: "objection", objection };
        const record = { ...charge, process: thisProcess, time: new Date().toISOString() };
        if (!this.#folder.createIfAbsent(nameOf(number), record)) continue;
        const ended = this.#make(number, charge, send);
        const over = () => {
          this.#ownTurn = undefined;
        };
        this.#ownTurn = ended.then(over, over);
        return { kind: "ended", ended: await ended };
      }
      if (this.#waiting.for !== number) {
        this.#waiting = { for: number, until: Date.now() + this.longestTurnSeconds * 1000 };
      }
      // All processes of an update are on one machine, so the id says enough where the system doesn't tell more.
      const holder = last.charge?.process;
      const isDead = holder !== undefined && (hasEnded(holder) ?? isGone(holder.pid));
      if (isDead) last = this.#read(number) ?? last; // it may have added its end since
      if (last.charge && last.end) this.#pass(last.charge, last.end);
      else if (last.charge && isDead) this.#inDoubt = last.charge.purchase;
      else if (Date.now() < this.#waiting.until) await wait(LOOKS_EVERY_MS);
      else return { kind: "inDoubt", purchase: last.charge?.purchase };
    }
    return { kind: "inDoubt", purchase: this.#inDoubt };
  }

  async #make<Ended extends End>(number: number, charge: PlannedCharge, send: () => Promise<Ended>) {
    let end: End = { outcome: "unknown", counts: true };
    try {
      const ended = await send();
      end = { outcome: ended.outcome, counts: ended.counts };
      return ended;
    } finally {
      this.#pass(charge, end);
      try {
        this.#folder.add(nameOf(number), end);
      } catch {
        // What came of the charge must not be lost for it. Other processes wait as long as one can take, and stop.
      }
    }
  }

  #read(number: number) {
    const lines = this.#folder.read(nameOf(number));
    return lines && { charge: CHARGE.safeParse(lines[0]).data, end: END.safeParse(lines[1]).data };
  }

  #pass({ purchase, amount }: PlannedCharge, { outcome, counts }: End): void {
    this.#next += 1;
    if (counts) this.#spent += amount;
    if (outcome === "unknown") this.#inDoubt = purchase;
  }
}

function nameOf(number: number): string {
  return `charge.${number}`;
}
