import { printable } from "../domain/messages";
import { MEANING, type Outcome, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import { type PurchaseState, readPurchase } from "../state/purchase-state";
import { ASKED_ABOUT } from "./findings";
import type { Properties } from "./inputs";
import type { Run } from "./run";

/** Forgets the purchase: nothing can be bought back. What is in doubt and can still charge is not forgotten. */
export async function forget(run: Run, olds: Properties): Promise<void> {
  const state = readPurchase(olds);
  const name = printable(state.name ?? "this purchase", 100);
  const { order, receipt } = state;
  // The other half of a replacement: the same purchase, which this update has put on record again.
  if (order !== undefined && run.seen.has(order.orderId)) return;
  const outcome = await lateOutcome(run, state);
  const sentence = sentenceOf(outcome, "later", state.settled);
  if (MEANING[outcome].destroy === "refuses" || state.altered !== undefined) {
    throw new Refusal(
      `${name} is not forgotten, because it is ${state.altered ?? outcome}.`,
      "Settle it first: set adopt to its id, or withdraw: true if it was not made, and run `pulumi up`. (If the program no " +
        "longer declares it: `npx pulumi-vercel-credits journal settle`, or `pulumi state delete` to drop the record.)",
      sentence,
    );
  }
  if (order !== undefined) {
    run.seen.add(order.orderId);
    try {
      if (order.journal !== undefined) {
        if (!MEANING[outcome].requestLeft) await run.journal?.close(order);
        await run.journal?.forget(order.orderId);
      }
    } catch (error) {
      const why = printable((error as Error).message, 300);
      console.log(
        `⚠️ ${name}: the journal could not note that it was forgotten, so it goes on stopping another order for it: ${why}`,
      );
    }
  }
  const kept = MEANING[outcome].money === "not charged" ? "" : " The credits stay, and nothing is refunded.";
  const what = [outcome, receipt.intentId].filter((word) => word !== undefined).join(", ");
  console.log(`🗑️ ${name}: forgotten (${what}). ${sentence}${kept}`);
}

async function lateOutcome(run: Run, state: PurchaseState): Promise<Outcome> {
  if (!ASKED_ABOUT.includes(state.outcome)) return state.outcome;
  const known = await run.knows(state.order).catch(() => undefined);
  if (known?.kind === "completed" && known.result.outcome === "bought") return "bought";
  if (known?.kind === "resolved") return "adopted" in known.resolution ? "adopted" : "withdrawn";
  return state.outcome;
}
