import { dollars } from "../domain/money";
import type { Operation } from "./operations";
import { type Preview, Unusable } from "./preview";

/** What a merge would charge, and whether that is allowed. */
export interface Verdict {
  /** Whole US dollars before tax, of the purchases whose amount is known. */
  readonly total: bigint;
  /** How many purchases have an amount that the preview doesn't know. */
  readonly unknown: number;
  /** The most that one update may charge. */
  readonly budget: bigint;
  readonly isWithin: boolean;
}

/** The default of `vercelCredits:maxAmountPerUpdate`. */
const DEFAULT_BUDGET = "1000";

/** @param given Instead of the stack's own `vercelCredits:maxAmountPerUpdate`, in dollars. */
export function judge(operations: readonly Operation[], { config }: Preview, given?: string): Verdict {
  const charging = operations.filter(({ kind }) => kind === "buy" || kind === "buy again");
  const known = charging.flatMap(({ amount }) => amount ?? []);
  const total = known.reduce((sum, amount) => sum + BigInt(amount), 0n);
  const unknown = charging.length - known.length;
  const budget = wholeDollars(`${given ?? config["vercelCredits:maxAmountPerUpdate"] ?? DEFAULT_BUDGET}`);
  return { total, unknown, budget, isWithin: unknown === 0 && total <= budget };
}

function wholeDollars(text: string): bigint {
  // A budget of 99.50 allows 99 whole dollars.
  const whole = /^(\d+)(\.\d+)?$/.exec(text.trim())?.[1];
  if (whole === undefined) throw new Unusable(`the budget "${text}" is not a number of US dollars`);
  return BigInt(whole);
}

/** `$150.00`, `at least $150.00` or `an unknown amount`. */
export function totalInWords({ total, unknown }: Verdict): string {
  if (unknown === 0) return dollars(total);
  return total === 0n ? "an unknown amount" : `at least ${dollars(total)}`;
}
