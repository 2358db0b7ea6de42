import Big from "big.js";
import type { Outcome } from "../domain/outcome";
import { listingOf, type Purchase } from "./purchases";

/** What was charged in one currency. */
export interface Sum {
  readonly currency: string;
  readonly purchases: number;
  /** Exact decimal strings. */
  readonly total: string;
}

/** The outcomes that are listed separately, the most uncertain first. */
export const SEPARATE = ["unknown", "pending", "checkout", "adopted"] as const satisfies Outcome[];

/** What finance needs of all purchases. What is not certain is never in a total. */
export interface Sums {
  /** By currency. */
  readonly charged: readonly Sum[];
  /** Charged, but Vercel's answer didn't say how much. */
  readonly withoutTotal: readonly Purchase[];
  readonly separate: Readonly<Record<(typeof SEPARATE)[number], readonly Purchase[]>>;
}

export function sumsOf(purchases: readonly Purchase[]): Sums {
  const of = (outcome: Outcome) => purchases.filter((one) => one.outcome === outcome);
  const charged = purchases.filter((one) => listingOf(one) === "total");
  const currencies = [...new Set(charged.filter(hasTotal).map(({ currency }) => currency))].sort();
  return {
    charged: currencies.map((currency) => {
      const these = charged.filter(hasTotal).filter((one) => one.currency === currency);
      return { currency, purchases: these.length, total: totalOf(these) };
    }),
    withoutTotal: charged.filter((one) => !hasTotal(one)),
    separate: {
      unknown: of("unknown"),
      pending: of("pending"),
      checkout: of("checkout"),
      adopted: of("adopted"),
    },
  };
}

/** A purchase whose exact cost is known. */
export type Priced = Purchase & { readonly total: string; readonly currency: string };

export function hasTotal(one: Purchase): one is Priced {
  return one.currency !== undefined && /^-?\d{1,30}(\.\d{1,30})?$/.test(one.total ?? "");
}

/** The exact sum, with as many decimals as its parts have, two at least. */
export function totalOf(purchases: readonly Priced[]): string {
  const decimals = Math.max(2, ...purchases.map(({ total }) => total.split(".")[1]?.length ?? 0));
  return purchases.reduce((sum, { total }) => sum.plus(total), new Big(0)).toFixed(decimals);
}
