import type { Mutation } from "./mutation.mts";

const of = (file: string, caughtBy: string) => (broken: string, text: string, replacement: string) => ({
  ...{ broken, file, text, replacement, caughtBy },
});
const answers = of("charge/judge.ts", "unit/judge.test.ts");
const outcomes = of("domain/outcome.ts", "unit/outcome.test.ts");

/** The contract's table of answers, a row each; where two rows come to the same, the one that decides. */
const ANSWERS: readonly Mutation[] = [
  answers(
    "no byte of the request left: notSent",
    'return { outcome: "notSent", receipt: {}, cause };',
    'return { outcome: "unknown", receipt: {}, cause };',
  ),
  answers(
    "the connection was lost: unknown",
    'return { outcome: "unknown", receipt: {}, cause: { kind: "noAnswer"',
    'return { outcome: "refused", receipt: {}, cause: { kind: "noAnswer"',
  ),
  answers("not whole: unknown", 'if (!whole) return { outcome: "unknown", problem };', ""),
  answers("only a 2xx buys", "httpStatus >= 200 && httpStatus < 300;", "httpStatus >= 200;"),
  answers(
    "more than one of intent, checkout session and error: unknown",
    "if (numberOfParts(parts) > 1) {",
    "if (numberOfParts(parts) > 2) {",
  ),
  answers(
    "bought is an intent of a documented kind",
    'intent.isDocumented && intent.status === "succeeded"',
    'intent.status === "succeeded"',
  ),
  answers(
    "an intent that failed: failed",
    'if (intent.isDocumented && intent.status === "failed") return { outcome: "failed" };',
    "",
  ),
  answers(
    "any other word or kind of intent: pending",
    'return { outcome: "pending" };',
    'return { outcome: "bought" };',
  ),
  answers(
    "an intent without a status: unknown",
    "if (intent.status === undefined) return",
    "if (false) return",
  ),
  answers("a checkout session: checkout", ': { outcome: "checkout" };', ': { outcome: "pending" };'),
  answers(
    "a lone error with 409 or 422 is unknown, and not refused",
    "[400, 401, 403, 404, 429]",
    "[400, 401, 403, 404, 409, 422, 429]",
  ),
  answers(
    "a code that begins with purchase_ is unknown, and not refused",
    'NOTHING_WAS_DONE.includes(httpStatus) && !code.startsWith("purchase_")',
    "NOTHING_WAS_DONE.includes(httpStatus)",
  ),
  answers(
    "a 402 is refused with the codes of the list alone",
    "return PAYMENT_NOT_MADE.has(code);",
    'return !code.startsWith("purchase_complete");',
  ),
  answers(
    "what is no lone error is unknown, whatever its status",
    "if (!whole || !isLoneError(parts)) return false;",
    "if (!whole || parts.error === undefined) return NOTHING_WAS_DONE.includes(httpStatus);",
  ),
];

/** The contract's table of outcomes, a row each, in the column by which it would charge twice or lose something. */
const OUTCOMES: readonly Mutation[] = [
  outcomes(
    "bought is never requested again",
    'money: "charged",\n    up: "succeeds",\n    anotherRequest: "never",\n    changes: "never",\n    destroy: "forgets",\n    receipts: "total",',
    'money: "charged",\n    up: "succeeds",\n    anotherRequest: "higher attempt",\n    changes: "never",\n    destroy: "forgets",\n    receipts: "total",',
  ),
  outcomes(
    "pending is in doubt",
    'pending: {\n    money: "in doubt",',
    'pending: {\n    money: "not charged",',
  ),
  outcomes(
    "checkout can be paid from the next run on",
    'const mayHaveBeenPaid = (outcome === "checkout" && when === "later") ||',
    "const mayHaveBeenPaid =",
  ),
  outcomes("a withdrawn checkout session can have been paid", ' || settled === "checkout";', ";"),
  outcomes(
    "failed fails the same way each time",
    'failed: {\n    money: "not charged",\n    up: "fails",',
    'failed: {\n    money: "not charged",\n    up: "succeeds",',
  ),
  outcomes(
    "refused takes a person's word to be tried again",
    'refused: {\n    money: "not charged",\n    up: "fails",\n    anotherRequest: "higher attempt",',
    'refused: {\n    money: "not charged",\n    up: "fails",\n    anotherRequest: "by itself",',
  ),
  outcomes("notSent goes on by itself", 'anotherRequest: "by itself",', 'anotherRequest: "higher attempt",'),
  outcomes(
    "unknown is not forgotten by a destroy",
    'unknown: {\n    money: "in doubt",\n    up: "fails",\n    anotherRequest: "higher attempt",\n    changes: ONLY_WITH_ATTEMPT,\n    destroy: "refuses",',
    'unknown: {\n    money: "in doubt",\n    up: "fails",\n    anotherRequest: "higher attempt",\n    changes: ONLY_WITH_ATTEMPT,\n    destroy: "forgets",',
  ),
  outcomes(
    "adopted is listed apart, and not in the sum",
    'receipts: "apart",\n    requestLeft: false,',
    'receipts: "total",\n    requestLeft: false,',
  ),
  outcomes(
    "withdrawn does not count",
    'receipts: "not charged",\n    requestLeft: false,\n    counts: false,\n  },\n};',
    'receipts: "not charged",\n    requestLeft: false,\n    counts: true,\n  },\n};',
  ),
  outcomes(
    "status is Vercel's word, and a person's word always",
    'outcome === "adopted" || outcome === "withdrawn" ? outcome : (word ?? outcome)',
    "word ?? outcome",
  ),
];

export const DOMAIN: readonly Mutation[] = [...ANSWERS, ...OUTCOMES];
