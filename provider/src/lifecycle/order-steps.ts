import { MAYBE_CHARGED, NOTHING_CHARGED } from "../domain/messages";
import { MEANING, type Outcome, sentenceOf } from "../domain/outcome";
import type { ClaimedElsewhere } from "../journal/journal";
import { isAdopted, type Knowledge, outcomeOf } from "../journal/knowledge";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { PurchaseState } from "../state/purchase-state";
import { isUnknown, type PurchaseDeclaration, type Unknown } from "./inputs";
import { keyOf } from "./order";
import type { OrderStep, Run } from "./run";
import { madeAtSandbox, sentenceOfKnowledge } from "./wording";

/** In a preview that opens another order, the engine knows nothing of it yet; those before it were seen by its step. */
export function openingsFor(run: Run, declaration: PurchaseDeclaration): readonly OrderReference[] {
  return isUnknown(declaration.orderId) ? (stepOf(run, declaration)?.before ?? []) : declaration.openings;
}

export function stepOf(run: Run, declaration: PurchaseDeclaration): OrderStep | undefined {
  return run.orderSteps.get(keyOf(declaration));
}

/** Orders of earlier runs that were opened after the one on record, and may have been sent. */
export function newerOrders(
  run: Run,
  state: PurchaseState,
  declaration: PurchaseDeclaration,
): OrderReference[] {
  const openings = openingsFor(run, declaration).filter(({ orderId }) => !run.armed.has(orderId));
  const recorded = openings.findIndex(({ orderId }) => orderId === state.order?.orderId);
  return openings.slice(recorded + 1).filter(({ unarmed }) => !unarmed);
}

/**
 * Whether the attempt that a purchase on record asks for may have been used already: the order that the state had is gone,
 * lost or replaced, and an earlier run may have sent it. No journal proves that it didn't: it can be another one than then.
 */
export function mayRepeatAttempt(
  run: Run,
  { order }: PurchaseState,
  declaration: PurchaseDeclaration,
  attempt: number | Unknown,
): boolean {
  const openings = openingsFor(run, declaration);
  if (order === undefined || openings.some(({ orderId }) => orderId === order.orderId)) return false;
  const isNew = stepOf(run, declaration)?.before.length === 0;
  return isNew || (openings[0] !== undefined && !isUnknown(attempt) && openings[0].attempt >= attempt);
}

/** An order that was sent after the one on record, by a run that was cut short, as the journal has it. */
export async function laterClaim(
  run: Run,
  { order, earlierAttempts }: PurchaseState,
): Promise<ClaimedElsewhere | undefined> {
  if (order?.identity === undefined) return undefined;
  const by = await run.journal?.claimedElsewhere(order.identity, 0).catch(() => undefined);
  const known = [order, ...earlierAttempts.map((earlier) => earlier.order)].map((one) => one?.orderId);
  return by === undefined || by.unreadable !== undefined || known.includes(by.order) ? undefined : by;
}

/**
 * The sentence that is true of a purchase that is not on record, by what is known of the orders that the state has. Where they
 * were never sent, another one may have been that the state has lost.
 */
export async function sentenceOffRecord(
  run: Run,
  { openings }: PurchaseDeclaration,
  known: Knowledge,
): Promise<string> {
  const identity = openings.at(-1)?.identity;
  if (known.kind !== "neverSent" || identity === undefined) return sentenceOfKnowledge(known);
  try {
    const holder = await run.journal?.claimedElsewhere(identity, 0);
    return holder === undefined ? NOTHING_CHARGED : sentenceOf(holder.outcome, "later", holder.settled);
  } catch {
    return MAYBE_CHARGED;
  }
}

/** Notes that this run has seen a purchase under this order, and what is on record of it. */
export function noteSeen(run: Run, { orderId }: OrderReference, outcome: Outcome): void {
  run.seen.add(orderId);
  if (MEANING[outcome].anotherRequest === "by itself") run.seenUnsent.add(orderId);
}

/** Stops at an order of an earlier run that may have bought at an address of this machine, where another is configured now. */
export async function refuseOfSandbox(
  run: Run,
  declaration: PurchaseDeclaration,
  orders: readonly OrderReference[],
): Promise<void> {
  if (run.sandbox !== undefined) return;
  for (const order of orders) {
    const sandbox = sandboxOfOrder(order);
    if (sandbox === undefined || order.unarmed || run.armed.has(order.orderId)) continue;
    const known = await run.knows(order).catch((): Knowledge => ({ kind: "nothing" }));
    const wasSent = known.kind !== "completed" || known.result.outcome !== "notSent";
    if (known.kind !== "neverSent" && wasSent) {
      const made = { sandbox, outcome: outcomeOfKnowledge(known) };
      throw madeAtSandbox(declaration, made, run.settings.apiUrl.href, sentenceOfKnowledge(known));
    }
  }
}

function outcomeOfKnowledge(known: Knowledge): Outcome {
  if (known.kind === "completed") return known.result.outcome;
  return known.kind === "resolved" ? outcomeOf(known.resolution) : "unknown";
}

/** An order that is not on record, and what is known of it. */
export interface Unrecorded {
  readonly order: OrderReference;
  readonly known: Knowledge;
}

/** The outcomes that stop a higher attempt where they were not on record when it was set. */
const STOPPING = ["bought", "pending", "checkout"];

export function stopsAnother(known: Knowledge): boolean {
  return (known.kind === "completed" && STOPPING.includes(known.result.outcome)) || isAdopted(known);
}

/**
 * What is known of orders that are not on record, oldest first, as one of them says it: the last that was sent, where
 * it stops another one or all after it were never sent; else the last that may have been sent; else the last. So one that
 * was opened and not used hides none before it.
 */
export async function newsAmong(
  orders: readonly OrderReference[],
  ask: (order: OrderReference) => Promise<Knowledge>,
): Promise<Unrecorded | undefined> {
  let last: Unrecorded | undefined;
  for (const order of orders.filter(({ unarmed }) => !unarmed).toReversed()) {
    const known = await ask(order);
    const isNews = known.kind !== "neverSent" && (last === undefined || last.known.kind === "neverSent");
    if (last === undefined || isNews || stopsAnother(known)) last = { order, known };
    if (known.kind !== "neverSent" && known.kind !== "nothing") break;
  }
  return last;
}
