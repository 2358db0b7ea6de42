import { CHARGED, MAYBE_CHARGED, printable } from "../domain/messages";
import { cannotCharge, MEANING, type Outcome, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import { ofSandbox } from "../domain/sandbox";
import { outcomeOf } from "../journal/knowledge";
import { type PurchaseState, readPurchase } from "../state/purchase-state";
import { type Properties, readDeclaration } from "./inputs";
import { keyOf } from "./order";
import { laterClaim, noteSeen } from "./order-steps";
import type { Run } from "./run";
import { ofLaterOrder } from "./wording";

/** Forgets the purchase: nothing can be bought back. What is in doubt and can still charge is not forgotten. */
export async function forget(run: Run, olds: Properties): Promise<void> {
  const state = readPurchase(olds);
  const name = printable(state.name ?? "this purchase", 100);
  const { order, receipt } = state;
  const key = keyOf(readDeclaration(olds));
  const isReplaced =
    // The same purchase, which this update has put on record again; or a higher attempt, which is a person's word about it.
    (order !== undefined && run.seen.has(order.orderId)) ||
    (run.settled.get(key) ?? 0) >= (state.arguments.attempt ?? 1);
  if (isReplaced) return sayWhatWasReplaced(run, key, state, name);
  const outcome = await lateOutcome(run, state);
  const sentence = sentenceOf(outcome, "later", state.settled);
  const place = ofSandbox(state.sandbox);
  // What was tried on this machine must not stand in the way at Vercel.
  const isTried =
    state.sandbox !== undefined &&
    run.sandbox === undefined &&
    state.earlierAttempts.every((one) => one.sandbox !== undefined || cannotCharge(one.outcome));
  if (!isTried && (MEANING[outcome].destroy === "refuses" || state.altered !== undefined)) {
    const wayOut =
      state.altered === undefined
        ? "Settle it first: set adopt to its id, or withdraw: true if it was not made, and run `pulumi up`. (If the program no " +
          "longer declares it: `npx pulumi-vercel-credits journal settle`, or `pulumi state delete` to drop the record.)"
        : "Import a state in which it is as it was, or drop the record with `pulumi state delete`.";
    const why = state.altered ?? `its outcome is ${outcome}`;
    throw new Refusal(`${name} is not forgotten, because ${why}.`, `${wayOut}${place}`, sentence);
  }
  const later = await laterClaim(run, state);
  if (order !== undefined && !(await releaseClaims(run, state, outcome, name))) {
    throw new Refusal(
      `${name} is not forgotten, because its request may be under way at this moment.`,
      `Wait until it has ended, then run this again.${place}`,
      MAYBE_CHARGED,
    );
  }
  const isNotCharged = MEANING[outcome].money === "not charged";
  const kept = isNotCharged ? "" : " The credits stay, and nothing is refunded.";
  // Which attempt, where nothing was charged: without a journal nobody here knows of a later one that was cut short.
  const which = isNotCharged ? `attempt ${state.arguments.attempt ?? 1}` : receipt.intentId;
  const what = [outcome, which].filter((word) => word !== undefined).join(", ");
  // The order's own guard sees to it that what may have charged after that is not forgotten with it.
  const said = later === undefined ? `${sentence}${kept}` : ofLaterOrder(later, sentence);
  console.log(`🗑️ ${name}: forgotten (${what}). ${said}${place}`);
}

/**
 * What the state had, where that is not what this update has put on record in its place. The engine doesn't show the one when
 * the other is made, and only a journal does: without one, a word of the program is taken for it.
 */
function sayWhatWasReplaced(
  run: Run,
  key: string,
  { outcome, receipt, sandbox }: PurchaseState,
  name: string,
): void {
  const now = run.recorded.get(key);
  if (MEANING[outcome].money !== "charged" || now === undefined) return;
  if (receipt.intentId === undefined || receipt.intentId === now.intentId) return;
  const id = printable(receipt.intentId, 200);
  console.log(
    `⚠️ ${name}: it was on record as ${outcome} (${id}), which this update has replaced by its new record (${now.outcome}). ` +
      `${CHARGED}${ofSandbox(sandbox)}`,
  );
}

/** Names every order of the purchase, so that it may be bought anew. False where one that was not sent is being sent. */
async function releaseClaims(
  run: Run,
  { order, earlierAttempts }: PurchaseState,
  outcome: Outcome,
  name: string,
): Promise<boolean> {
  const { journal } = run;
  const orders = [...earlierAttempts.map((earlier) => earlier.order), order].filter(
    (one) => one !== undefined,
  );
  try {
    const isUnsent = order?.journal !== undefined && !MEANING[outcome].requestLeft;
    if (isUnsent && (await run.knows(order)).kind === "neverSent" && !(await journal?.close(order)))
      return false;
    for (const { orderId } of orders) await journal?.forget(orderId);
  } catch (error) {
    const why = printable((error as Error).message, 300);
    console.log(
      `⚠️ ${name}: the journal could not note that it was forgotten, so it goes on stopping another order for it: ${why}`,
    );
  }
  for (const { orderId } of orders) run.seen.add(orderId);
  if (order !== undefined) noteSeen(run, order, outcome);
  return true;
}

async function lateOutcome(run: Run, state: PurchaseState): Promise<Outcome> {
  if (MEANING[state.outcome].anotherRequest === "never") return state.outcome;
  const known = await run.knows(state.order).catch(() => undefined);
  if (known?.kind === "completed" && known.result.outcome === "bought") return "bought";
  if (known?.kind === "resolved") return outcomeOf(known.resolution);
  return state.outcome;
}
