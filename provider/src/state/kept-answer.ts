import {
  isLoneError,
  numberOfParts,
  PAYMENT_NOT_MADE,
  type Parts,
  partsOf,
  readAnswer,
} from "../charge/answer";
import { isObject } from "../domain/objects";

/** What a kept answer proves. `undefined`: nothing that an earlier version's record could be believed for. */
export type Proven = "failed" | "checkout" | "refused" | undefined;

/**
 * Judges the answer that an earlier version kept in its outputs, without the HTTP status, which it didn't keep: so a
 * refusal is only what a 402 may say, since these codes mean the same under any status.
 */
export function provenBy(answer: unknown): Proven {
  const parts = partsIn(answer);
  if (numberOfParts(parts) !== 1) return undefined;
  const [intent] = parts.intents;
  if (intent) return intent.isDocumented && intent.status === "failed" ? "failed" : undefined;
  if (parts.checkout) return "checkout";
  return isLoneError(parts) && PAYMENT_NOT_MADE.has(parts.error.code) ? "refused" : undefined;
}

/** Vercel's own words for the intents in a kept answer. */
export function wordsIn(answer: unknown): string[] {
  return partsIn(answer).intents.flatMap(({ status }) => status ?? []);
}

/** The id that Vercel gave in a kept answer. */
export function idIn(answer: unknown): string | undefined {
  return isObject(answer) ? readAnswer(JSON.stringify(answer)).receipt.intentId : undefined;
}

/** The two kinds of intents that Vercel documents. */
export function isDocumented(intentKind: unknown): boolean {
  return intentKind === "purchaseIntent" || intentKind === "orbSubscriptionIntent";
}

/** The one place here that reads an answer. */
function partsIn(answer: unknown): Parts {
  return partsOf(isObject(answer) ? answer : undefined);
}
