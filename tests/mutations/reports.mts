import type { Mutation } from "./mutation.mts";

const of = (file: string, caughtBy: string) => (broken: string, text: string, replacement: string) => ({
  ...{ broken, file, text, replacement, caughtBy },
});
const budget = of("review/budget.ts", "unit/review.test.ts");
const operations = of("review/operations.ts", "unit/review.test.ts");
const sums = of("receipts/sums.ts", "unit/receipts.test.ts");

/** What a reviewer and finance are told. */
export const REPORTS: readonly Mutation[] = [
  budget("what may be bought counts against the budget", "total + possible <= budget", "total <= budget"),
  budget("an amount that isn't known is over any budget", "unknown === 0 && total", "total"),
  {
    broken: "each stack keeps to its own budget",
    file: "review/budget.ts",
    text: "each.every(({ isWithin }) => isWithin)",
    replacement: "each.some(({ isWithin }) => isWithin)",
    caughtBy: "review/review.test.ts",
    named: "each keeps to its own",
  },
  of("review/review.ts", "unit/review.test.ts")(
    "a purchase that may charge though the preview can't say so fails the review",
    "!operations.some(mayCharge) &&",
    "",
  ),
  of("review/review.ts", "unit/review.test.ts")(
    "a purchase by which the update is known to fail fails the review",
    "!operations.some(fails) &&",
    "",
  ),
  operations(
    "a recorded outcome that is never requested again buys nothing",
    'if (anotherRequest === "never") return false;',
    "",
  ),
  sums(
    "what was bought at the sandbox is in no sum of Vercel's",
    "purchases.filter(({ sandbox }) => sandbox === undefined)",
    "purchases",
  ),
  sums(
    "what is not certain is never in a total",
    'listingOf(one) === "total"',
    'listingOf(one) !== "not charged"',
  ),
  sums(
    "sums are exact to the last decimal",
    "sum.plus(total), new Big(0)",
    "new Big(Number(sum) + Number(total)), new Big(0)",
  ),
  sums("a sum is of one currency", '[...by, "currency"] as const', "[...by]"),
];
