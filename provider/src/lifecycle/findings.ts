import { MAYBE_CHARGED } from "../domain/messages";
import { MEANING, type Outcome, sentenceOf } from "../domain/outcome";
import type { Cause } from "../domain/result";
import type { Lease } from "../journal/claims";
import type { ClaimedElsewhere } from "../journal/journal";
import { isAdopted, type Knowledge, outcomeOf } from "../journal/knowledge";
import type { OrderReference } from "../state/order-reference";
import type { PurchaseState } from "../state/purchase-state";
import type { Wish } from "./decision";
import { isUnknown } from "./inputs";
import { stopsAnother } from "./order-steps";

/** What the journal knows of a purchase that is on record. */
export interface Findings {
  /** Of the order on record. */
  readonly onRecord: Knowledge;
  /** Of an order that an earlier run opened after that. */
  readonly newer?: { readonly order: OrderReference; readonly known: Knowledge } | undefined;
}

/** What is to be done with a purchase that is on record. */
export type Action =
  | Exclude<Wish, { kind: "adopt" | "withdraw" }>
  /** A person's word; of a newer order, where that is what it is about. */
  | (Extract<Wish, { kind: "adopt" | "withdraw" }> & { readonly newer?: Findings["newer"] })
  /** The journal knows more than the state. Nothing is sent. */
  | { readonly kind: "record"; readonly order: OrderReference | undefined; readonly known: Knowledge }
  /** Another process may be sending: nothing is recorded. `wish` is what has to wait. */
  | { readonly kind: "wait"; readonly lease: Lease; readonly wish: Wish }
  /** An order that is not on record is in doubt, or nothing is known of it. */
  | { readonly kind: "inDoubt"; readonly cause: Cause }
  /** The state is older than the journal: a later order for the same purchase is in it. */
  | { readonly kind: "claimed"; readonly by: ClaimedElsewhere }
  /** The request of the very order on record was never sent, so it goes on by itself. */
  | { readonly kind: "again" };

/**
 * The outcomes on record about which the journal may know more, so that an update needs it. It is looked into, where it is
 * there, for every outcome that isn't final: a person may have said something else in it.
 */
export const ASKED_ABOUT: readonly Outcome[] = ["unknown", "pending", "checkout", "notSent", "withdrawn"];

/**
 * A recorded outcome is never overruled by something that is missing. What is there counts in this order:
 *
 * | the journal has | then |
 * |---|---|
 * | of a newer order: a completion `bought`, `pending` or `checkout`, or that it was adopted | recorded; it stops a higher attempt |
 * | of a newer order: a running lease | wait |
 * | of a newer order: another completion or resolution | recorded, unless a person's word goes further |
 * | of a newer order: an intent record alone, or nothing where it may have been sent | in doubt, unless a person's word goes further |
 * | of a newer order: that it was never sent | as if it had not been opened |
 * | of the order on record: a completion `bought` | recorded, whatever was said meanwhile |
 * | of the order on record: a running lease | wait |
 * | of the order on record: that it was adopted | recorded, unless the program says adopt or withdraw |
 * | of the order on record: an end, where the state has none | recorded, unless a person's word goes further |
 * | of the order on record: that it was never sent, as the state has it, too | again |
 */
export function actionOf(state: PurchaseState, wish: Wish, { onRecord, newer }: Findings): Action {
  const isSaid = wish.kind !== "keep";
  if (newer !== undefined) {
    const { order, known } = newer;
    const record: Action = { kind: "record", order, known };
    if (stopsHigherAttempt(known, wish)) return record;
    if (known.kind === "inDoubt" && known.lease) return { kind: "wait", lease: known.lease, wish };
    if (!goesFurther(wish, newer)) {
      if (known.kind === "completed" || known.kind === "resolved") return record;
      const isInDoubt =
        known.kind === "inDoubt" || (known.kind === "nothing" && mayHaveBeenSent(order, state));
      if (isInDoubt) return { kind: "inDoubt", cause: cutShort(order.orderId, known) };
    }
  }
  const record: Action = { kind: "record", order: state.order, known: onRecord };
  if (onRecord.kind === "completed" && onRecord.result.outcome === "bought") {
    return state.outcome === "bought" ? wish : record;
  }
  if (onRecord.kind === "inDoubt" && onRecord.lease) return { kind: "wait", lease: onRecord.lease, wish };
  if (wish.kind === "adopt" || wish.kind === "withdraw") {
    if (newer !== undefined && newer.known.kind !== "neverSent") return { ...wish, newer };
    // It is on record as that, and what was opened after it was never sent.
    return wish.kind === "withdraw" && state.outcome === "withdrawn" ? { kind: "keep" } : wish;
  }
  if (isAdopted(onRecord)) return record;
  if (isSaid) return wish;
  if (onRecord.kind === "resolved" && isNews(state, onRecord)) return record;
  if (onRecord.kind === "completed" && state.outcome === "unknown" && onRecord.result.outcome !== "unknown") {
    return record;
  }
  if (wasNeverSent(state, onRecord)) return { kind: "again" };
  return state.outcome === "notSent" && onRecord.kind === "nothing" ? { ...wish, isUnjournaled: true } : wish;
}

/** Why nobody knows how an order of an earlier run ended. */
export function cutShort(order: string, known: Knowledge): Cause {
  const leftAt = known.kind === "inDoubt" ? known.time : undefined;
  return { kind: "cutShort", order, ...(leftAt !== undefined && { leftAt }) };
}

/** What was learned after a higher attempt was set. A person's word about the end of the order itself goes further. */
function stopsHigherAttempt(known: Knowledge, wish: Wish): boolean {
  if (known.kind === "completed" && known.result.outcome === "bought") return true;
  return stopsAnother(known) && (wish.kind === "buy" || wish.kind === "keep");
}

/** Whether what is on record allowed a request for an order that was opened after it. */
export function mayHaveBeenSent({ attempt }: OrderReference, state: PurchaseState): boolean {
  return attempt > (state.arguments.attempt ?? 1) || MEANING[state.outcome].anotherRequest === "by itself";
}

/** The sentence that is true of a purchase on record, before anybody was asked about the orders opened after that. */
export function sentenceOnRecord(state: PurchaseState, newer: readonly OrderReference[]): string {
  const isOpen = MEANING[state.outcome].money === "not charged";
  if (isOpen && newer.some((order) => mayHaveBeenSent(order, state))) return MAYBE_CHARGED;
  return sentenceOf(state.outcome, "later", state.settled);
}

/** Whether a person's word is about this order, too. An attempt is about those before it, and not about its own order. */
function goesFurther(wish: Wish, { order, known }: NonNullable<Findings["newer"]>): boolean {
  if (wish.kind !== "buy") return wish.kind !== "keep";
  if (isUnknown(wish.attempt) || wish.attempt > order.attempt) return true;
  return known.kind === "completed" && known.result.outcome === "notSent"; // it goes on by itself
}

/** A person said something else in the journal than the state has. */
function isNews(
  { outcome }: PurchaseState,
  { resolution }: Extract<Knowledge, { kind: "resolved" }>,
): boolean {
  return outcome !== outcomeOf(resolution);
}

/** State and journal agree on the very order on record. */
function wasNeverSent(state: PurchaseState, onRecord: Knowledge): boolean {
  if (MEANING[state.outcome].anotherRequest !== "by itself") return false;
  return (
    onRecord.kind === "neverSent" || (onRecord.kind === "completed" && onRecord.result.outcome === "notSent")
  );
}
