import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { type Inputs, isUnknown } from "./inputs";

/**
 * Where a purchase stands, from its kept outputs.
 * - `bought`: `succeeded` or `adopted`. It never buys again.
 * - `pending`: Vercel took the order and has not said how it ended. It buys again only on a person's word.
 * - `open`: it did not buy, or nobody knows (`reason` says which). Every update fails until it is settled.
 */
export type Standing = "bought" | "pending" | "open";

export function standingOf(outputs: Inputs): Standing {
  if (outputs.reason !== undefined || outputs.status === undefined) return "open";
  return outputs.status === "succeeded" || outputs.status === "adopted" ? "bought" : "pending";
}

/** Whether another try is asked for. An attempt that isn't known yet may turn out to be higher. */
export function isRaised(olds: Inputs, news: Inputs): boolean {
  return isUnknown(news.attempt) || Number(news.attempt) > Number(olds.attempt);
}

/** Whether a purchase made elsewhere is named that is not on record as adopted yet. */
export function isAdopting(olds: Inputs, news: Inputs): boolean {
  return news.adopt !== undefined && news.adopt !== olds.adopt;
}

/** What was ordered. Once money may have moved for it, it can't be said to have been something else. */
export const FINAL_ARGUMENTS = ["creditType", "amount", "team"] as const;

/** Why a change from the kept outputs to the new inputs is refused, or undefined where it isn't. */
export function refusedChange(olds: Inputs, news: Inputs): string | undefined {
  const raised = isRaised(olds, news);
  const standing = standingOf(olds);
  const what = `it is ${olds.status}${olds.intentId ? ` (${olds.intentId})` : ""}`;

  if (Number(news.attempt) < Number(olds.attempt)) {
    return (
      `attempt can't be lowered from ${olds.attempt} to ${news.attempt}. ${NOTHING_CHARGED} ` +
      `Set it back to ${olds.attempt}.`
    );
  }
  if (standing === "bought" && raised && !isUnknown(news.attempt)) {
    return (
      `attempt can't be raised to ${news.attempt}, because this purchase is made: ${what}. ${NOTHING_CHARGED} ` +
      `Set it back to ${olds.attempt}; to buy more, declare another CreditPurchase.`
    );
  }
  const changed = FINAL_ARGUMENTS.filter((name) => !isUnknown(news[name]) && news[name] !== olds[name]);
  if (changed.length > 0) {
    const list = changed.map((name) => `${name} from ${show(olds[name])} to ${show(news[name])}`).join(", ");
    const back = `Set ${changed.join(", ")} back; to buy more, declare another CreditPurchase.`;
    if (standing !== "open") {
      return `can't change ${list}, because this purchase is final: ${what}. ${NOTHING_CHARGED} ${back}`;
    }
    if ((olds.status === "unknown" || olds.status === "checkout") && !raised) {
      return (
        `can't change ${list}, because this purchase is not settled: ${what}. ${NOTHING_CHARGED} ${back} ` +
        `If it was not made, attempt: ${Number(olds.attempt) + 1} buys it anew, as changed.`
      );
    }
  }
  const recorded = [olds.intentId, olds.purchaseIntentId].filter((id) => id !== undefined);
  const adopts = isAdopting(olds, news) && !isUnknown(news.adopt);
  if (adopts && !raised && recorded.length > 0 && !recorded.some((id) => id === news.adopt)) {
    return (
      `adopt ${show(news.adopt)} contradicts the purchase on record: ${what}. ${NOTHING_CHARGED} ` +
      `Remove adopt, or name ${recorded.join(" or ")}; record another purchase as another CreditPurchase.`
    );
  }
  return undefined;
}

function show(value: unknown): string {
  return value === undefined ? "(none)" : printable(JSON.stringify(value), 100);
}

/** What a person is told when a purchase leaves the state. The credits are Vercel's to keep; nothing is undone. */
export function farewell(olds: Inputs): string {
  if (standingOf(olds) === "open") return `forgotten (${olds.status}). ${NOTHING_CHARGED}`;
  const sentence = standingOf(olds) === "bought" ? CHARGED : MAYBE_CHARGED;
  return `forgotten (${olds.status}${olds.intentId ? `, ${olds.intentId}` : ""}). ${sentence} The credits stay, and nothing is refunded.`;
}
