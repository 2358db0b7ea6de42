import { MEANING, type Outcome } from "../domain/outcome";
import { hasEnded } from "../domain/process-identity";
import { identityKey, type OrderReference, type PurchaseIdentity } from "../state/order-reference";
import type { Knowledge } from "./knowledge";
import { type Opening, openingSchema, parse, TORN } from "./records";

/** How long an order of another machine, whose process can't be seen from here, is taken for one that is still to be sent. */
const TO_BE_SENT_MS = 10 * 60_000;

/** One order that was opened in a month, and what it means for the month's budget. */
interface Entry {
  readonly name: string;
  readonly opening: Opening;
  readonly known: Knowledge;
}

/** For which purchase room is looked for: what it asked for earlier, under a lower attempt, is given up by that. */
export interface RoomFor {
  readonly identity: PurchaseIdentity;
  readonly attempt: number;
}

/** How much of a month's budget is used. */
export interface MonthUse {
  /** Dollars of every order that counts. */
  readonly used: number;
  /** Of those, dollars that are in doubt, can still be paid, or are about to be sent. */
  readonly uncertain: number;
  /** Orders that were opened and not sent, by a process that has ended: closing them makes room. They are not in `used`. */
  readonly closable: readonly { readonly amount: number; readonly order: OrderReference }[];
}

/** What the orders of a month use of its budget, as one purchase sees it that looks for room. */
export class MonthEntries {
  constructor(private readonly entries: readonly Entry[]) {}

  /** @param wanted All for which room is looked for at once. */
  useFor(wanted: readonly RoomFor[], now = Date.now()): MonthUse {
    let [used, uncertain] = [0, 0];
    const closable: { amount: number; order: OrderReference }[] = [];
    for (const [number, entry] of this.entries.entries()) {
      const use = this.#isGivenUp(entry, number, wanted) ? "none" : useOf(entry, now);
      const { amount } = entry.opening.arguments;
      if (use === "closable") closable.push({ amount, order: referenceOf(entry) });
      if (use === "certain" || use === "uncertain") used += amount;
      if (use === "uncertain") uncertain += amount;
    }
    return { used, uncertain, closable };
  }

  /** A higher attempt is a person's word that an earlier one was not made; what charged, or can still be paid, stays. */
  #isGivenUp({ opening, known }: Entry, number: number, wanted: readonly RoomFor[]): boolean {
    const { identity, arguments: args } = opening;
    const outcome = outcomeOf(known);
    if (identity === undefined || (outcome !== "pending" && outcome !== "unknown")) return false;
    // Its request may be under way: nobody can have given it up yet.
    if (known.kind === "inDoubt" && known.lease !== undefined) return false;
    const key = identityKey(identity);
    const isLater = (one: RoomFor) => identityKey(one.identity) === key && one.attempt > args.attempt;
    if (wanted.some(isLater)) return true;
    // Only one that was opened after it: an earlier one with a higher attempt was forgotten in between.
    return this.entries
      .slice(number + 1)
      .some(
        (other) =>
          other.opening.identity !== undefined &&
          isLater({ identity: other.opening.identity, attempt: other.opening.arguments.attempt }) &&
          requestLeft(other.known),
      );
  }
}

/** @throws Where a record can't be read: then nobody knows what the month has used. */
export function entryOf(name: string, text: string | undefined): Opening {
  const opening = parse(openingSchema, text);
  if (opening === undefined || opening === TORN) {
    throw new Error(`its record ${name} can't be read, so it isn't known what the month has used`);
  }
  return opening;
}

export function referenceOf({ name, opening }: Pick<Entry, "name" | "opening">): OrderReference {
  return {
    orderId: opening.order,
    attempt: opening.arguments.attempt,
    ...(opening.identity && { identity: opening.identity }),
    journal: { id: opening.journal, entry: name },
  };
}

type Use = "certain" | "uncertain" | "closable" | "none";

/** By the order's outcome, and never by a status or a word. */
function useOf({ opening, known }: Entry, now: number): Use {
  switch (known.kind) {
    case "completed":
      return useOfOutcome(known.result.outcome);
    case "resolved": {
      // A session can be paid to the month's end, whatever is said of it.
      if (known.settled === "checkout") return "uncertain";
      const left = MEANING[known.settled].requestLeft;
      return "adopted" in known.resolution && left ? "certain" : "none";
    }
    case "neverSent":
      if (known.isClosed) return "none";
      return isAbandoned(opening, now) ? "closable" : "uncertain";
    case "inDoubt":
    case "nothing":
      return "uncertain";
  }
}

function useOfOutcome(outcome: Outcome): Use {
  if (!MEANING[outcome].counts) return "none";
  return MEANING[outcome].money === "charged" ? "certain" : "uncertain";
}

function isAbandoned({ process, time }: Opening, now: number): boolean {
  return hasEnded(process) ?? !(now - Date.parse(time) < TO_BE_SENT_MS);
}

function outcomeOf(known: Knowledge): Outcome | undefined {
  if (known.kind === "completed") return known.result.outcome;
  return known.kind === "inDoubt" || known.kind === "nothing" ? "unknown" : undefined;
}

function requestLeft(known: Knowledge): boolean {
  if (known.kind === "completed") return MEANING[known.result.outcome].requestLeft;
  if (known.kind === "resolved") return MEANING[known.settled].requestLeft;
  return known.kind === "inDoubt";
}
