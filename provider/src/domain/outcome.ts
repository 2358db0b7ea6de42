import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "./messages";

/**
 * What a purchase came to, in a closed set of words that are ours. It is decided once, where an answer is judged or a
 * person's word is taken, kept as such in state and journal, and the only thing that any rule goes by.
 *
 * | outcome | meaning |
 * |---|---|
 * | `bought` | Vercel says that the purchase succeeded |
 * | `pending` | Vercel took the order, and has not said how it ended |
 * | `checkout` | Vercel wants a person to pay in a checkout session |
 * | `failed` | Vercel made the purchase, and its payment failed |
 * | `refused` | Vercel refused the order, by an error that it documents |
 * | `notSent` | no request left |
 * | `unknown` | a request may have left, and nobody knows what came of it |
 * | `adopted` | a person says that it was made, and under which id |
 * | `withdrawn` | a person says that it was not made, and isn't wanted |
 */
export const OUTCOMES = [
  "bought",
  "pending",
  "checkout",
  "failed",
  "refused",
  "notSent",
  "unknown",
  "adopted",
  "withdrawn",
] as const;
/** What a purchase came to: one of nine words that are ours. */
export type Outcome = (typeof OUTCOMES)[number];

/** The outcomes that a request, or the decision not to send it, can have. The others are a person's word. */
export type AttemptOutcome = Exclude<Outcome, "adopted" | "withdrawn">;

export function isOutcome(value: unknown): value is Outcome {
  return OUTCOMES.includes(value as Outcome);
}

/** What an outcome means: a row of the contract's table. */
export interface Meaning {
  /** Whether money moved, as far as anybody knows. */
  readonly money: "charged" | "in doubt" | "not charged";
  /** Whether `pulumi up` succeeds where it finds this out, and afterwards. */
  readonly up: "succeeds" | "fails";
  /** What may send another request for the same purchase. */
  readonly anotherRequest: "never" | "higher attempt" | "by itself";
  /** When `creditType`, `amount` and `team` may change. */
  readonly changes: "never" | "with a higher attempt, which is a person's word" | "freely";
  /** What `pulumi destroy` does with its record. */
  readonly destroy: "forgets" | "refuses";
  /** Where receipts list it. */
  readonly receipts: "total" | "apart" | "not charged";
  /** Whether a request of ours left, so that Vercel may know of it. Of a person's word: see what it settled. */
  readonly requestLeft: boolean;
  /** Whether it counts against a month's budget. Of `adopted`: only where a request of ours left. */
  readonly counts: boolean;
}

const ONLY_WITH_ATTEMPT = "with a higher attempt, which is a person's word";

/** The contract's table of outcomes. It stands nowhere else. */
export const MEANING: { readonly [O in Outcome]: Meaning } = {
  bought: {
    money: "charged",
    up: "succeeds",
    anotherRequest: "never",
    changes: "never",
    destroy: "forgets",
    receipts: "total",
    requestLeft: true,
    counts: true,
  },
  pending: {
    money: "in doubt",
    up: "succeeds",
    anotherRequest: "higher attempt",
    changes: ONLY_WITH_ATTEMPT,
    destroy: "forgets",
    receipts: "apart",
    requestLeft: true,
    counts: true,
  },
  checkout: {
    money: "not charged", // yet: see `sentenceOf`
    up: "fails",
    anotherRequest: "higher attempt",
    changes: ONLY_WITH_ATTEMPT,
    destroy: "refuses",
    receipts: "apart",
    requestLeft: true,
    counts: true,
  },
  failed: {
    money: "not charged",
    up: "fails",
    anotherRequest: "higher attempt",
    changes: "freely",
    destroy: "forgets",
    receipts: "not charged",
    requestLeft: true,
    counts: false,
  },
  refused: {
    money: "not charged",
    up: "fails",
    anotherRequest: "higher attempt",
    changes: "freely",
    destroy: "forgets",
    receipts: "not charged",
    requestLeft: true,
    counts: false,
  },
  notSent: {
    money: "not charged",
    up: "fails",
    anotherRequest: "by itself",
    changes: "freely",
    destroy: "forgets",
    receipts: "not charged",
    requestLeft: false,
    counts: false,
  },
  unknown: {
    money: "in doubt",
    up: "fails",
    anotherRequest: "higher attempt",
    changes: ONLY_WITH_ATTEMPT,
    destroy: "refuses",
    receipts: "apart",
    requestLeft: true,
    counts: true,
  },
  adopted: {
    money: "charged",
    up: "succeeds",
    anotherRequest: "never",
    changes: "never",
    destroy: "forgets",
    receipts: "apart",
    requestLeft: false,
    counts: true,
  },
  withdrawn: {
    money: "not charged",
    up: "succeeds",
    anotherRequest: "higher attempt",
    changes: "freely",
    destroy: "forgets",
    receipts: "not charged",
    requestLeft: false,
    counts: false,
  },
};

/** What has not charged, and can't any more: a checkout session can still be paid in. */
export function cannotCharge(outcome: Outcome): boolean {
  return MEANING[outcome].money === "not charged" && MEANING[outcome].destroy === "forgets";
}

/**
 * The sentence that is true of a purchase.
 *
 * @param when `now`: said by the update that found the outcome out. `later`: by whoever finds it on record; a checkout
 *   session can have been paid meanwhile.
 * @param settled What a person's word settled, where `outcome` is one.
 */
export function sentenceOf(outcome: Outcome, when: "now" | "later", settled?: Outcome): string {
  const mayHaveBeenPaid = (outcome === "checkout" && when === "later") || settled === "checkout";
  if (mayHaveBeenPaid && outcome !== "adopted") return MAYBE_CHARGED;
  return SENTENCES[MEANING[outcome].money];
}

/** Of two sentences that are each true of a part of a purchase, the one that is true of all of it. */
export function worseOf(a: string, b: string): string {
  const rank = [NOTHING_CHARGED, MAYBE_CHARGED, CHARGED];
  return rank.indexOf(a) >= rank.indexOf(b) ? a : b;
}

const SENTENCES: Record<Meaning["money"], string> = {
  charged: CHARGED,
  "in doubt": MAYBE_CHARGED,
  "not charged": NOTHING_CHARGED,
};

/**
 * Vercel's own word for an intent, exactly as answered. It is kept for people, and is a type of its own so that it
 * can't be taken for an outcome, whatever it says.
 */
export type VercelWord = string & { readonly __brand: "a word of Vercel's" };

/** What people read as `status`: Vercel's word where it gave one, else the outcome; a person's word always as such. */
export function statusOf(outcome: Outcome, word: VercelWord | undefined): string {
  return outcome === "adopted" || outcome === "withdrawn" ? outcome : (word ?? outcome);
}
