import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { charges, mayCharge, type Operation } from "./operations";
import { type Preview, Unusable } from "./preview";

/** What a merge would charge, and whether the budget allows it. */
export interface BudgetVerdict {
  /** Whole US dollars before tax, of the purchases that will be made and whose amount is known. */
  readonly total: bigint;
  /** How much of all that is bought at an address of this machine, where no money moves. */
  readonly atSandbox: bigint;
  /** The same of those that may be made. */
  readonly possible: bigint;
  /** How many purchases have an amount that the preview doesn't know. */
  readonly unknown: number;
  /** Whether the budget was given, for all previews together, and is not that of their stacks. */
  readonly isGiven: boolean;
  /** The most that one update may charge. */
  readonly budget: bigint;
  /** Also where everything is bought that may be. */
  readonly isWithin: boolean;
}

/** The default of `vercelCredits:maxAmountPerUpdate`. */
const DEFAULT_BUDGET = "1000";

/**
 * The verdict over all previews together. Without a given budget each keeps to its own stack's
 * `vercelCredits:maxAmountPerUpdate`, and the budget is the sum of these.
 *
 * @param given In dollars, for all of them together.
 */
export function budgetVerdict(
  previews: readonly { readonly preview: Preview; readonly operations: readonly Operation[] }[],
  given?: string,
): BudgetVerdict {
  const all = previews.flatMap(({ operations }) => operations);
  if (given !== undefined) return { ...verdictOn(all, wholeDollars(given)), isGiven: true };
  const each = previews.map(({ preview, operations }) => verdictOn(operations, budgetOf(preview)));
  const sum = each.reduce((budget, one) => budget + one.budget, 0n);
  return { ...verdictOn(all, sum), isWithin: each.every(({ isWithin }) => isWithin) };
}

/** The stack's own. Throws where it can't be read, such as a secret one: then nothing can be said of it. */
export function budgetOf({ config }: Pick<Preview, "config">): bigint {
  const text = `${config["vercelCredits:maxAmountPerUpdate"] ?? DEFAULT_BUDGET}`;
  if (text === "[secret]")
    throw new Unusable("its budget (vercelCredits:maxAmountPerUpdate) is secret: name one with --budget");
  return wholeDollars(text);
}

function verdictOn(operations: readonly Operation[], budget: bigint): BudgetVerdict {
  const total = sumOf(operations.filter(charges));
  const possible = sumOf(operations.filter(mayCharge));
  const unknown = operations.filter(
    (one) => (charges(one) || mayCharge(one)) && one.amount === undefined,
  ).length;
  const atSandbox = sumOf(
    operations.filter((one) => (charges(one) || mayCharge(one)) && one.sandbox !== undefined),
  );
  const isWithin = unknown === 0 && total + possible <= budget;
  return { total, possible, unknown, atSandbox, budget, isGiven: false, isWithin };
}

function sumOf(operations: readonly Operation[]): bigint {
  return operations.reduce((sum, { amount = 0 }) => sum + BigInt(amount), 0n);
}

function wholeDollars(text: string): bigint {
  // As the provider reads it. A budget of 99.50 allows 99 whole dollars.
  const dollars = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(dollars) || dollars < 0)
    throw new Unusable(`the budget "${printable(text, 100)}" is not a number of US dollars`);
  return BigInt(Math.floor(dollars));
}

/**
 * The subject and verb of what a person reads first: `$150.00 will be charged`, `at least $150.00 will be charged`,
 * `an unknown amount will be charged`, `up to $150.00 may be charged` or `$50.00 will be charged, and up to $150.00 in all`.
 */
export function chargeInWords(operations: readonly Operation[], verdict: BudgetVerdict): string {
  const { total, possible, unknown } = verdict;
  const certain = operations.some(charges);
  if (operations.some(mayCharge)) {
    const all = unknown > 0 ? "an amount that is not known" : `up to ${dollars(total + possible)}`;
    return certain ? `${dollars(total)} will be charged, and ${all} in all` : `${all} may be charged`;
  }
  if (!certain || unknown === 0) return `${dollars(total)} will be charged`;
  return total === 0n ? "an unknown amount will be charged" : `at least ${dollars(total)} will be charged`;
}
