import Big from "big.js";
import type { Outcome } from "../domain/outcome";
import { listingOf, type Purchase } from "./purchases";

/** What was charged in one currency. */
export interface Sum {
  readonly currency: string;
  readonly purchases: number;
  /** Exact decimal strings. */
  readonly total: string;
  /** More was charged, or may have been, than the export shows: what it hides is not in the sum. */
  readonly incomplete?: true;
}

/** The same for one team, or for one kind of credits of a team. */
export interface TeamSum extends Sum {
  /** Absent where it was left to the token. */
  readonly team?: string | undefined;
  readonly creditType?: string | undefined;
}

/** The outcomes that are listed separately, the most uncertain first. */
export const SEPARATE = ["unknown", "pending", "checkout", "adopted"] as const satisfies Outcome[];

/** What finance needs of purchases. What is not certain is never in a total. */
export interface Totals {
  /** By currency. */
  readonly charged: readonly Sum[];
  readonly byTeam: readonly TeamSum[];
  readonly byTeamAndCreditType: readonly TeamSum[];
  /** Charged, but Vercel's answer didn't say how much. */
  readonly withoutTotal: readonly Purchase[];
  /** Charged, but what it cost is secret in the export. */
  readonly secretTotal: readonly Purchase[];
  /** The export hides what they came to, or what attempts before them did: they may have been charged. */
  readonly hidden: readonly Purchase[];
  readonly separate: Readonly<Record<(typeof SEPARATE)[number], readonly Purchase[]>>;
}

/** All purchases, and apart from them those that were made at an address of this machine, where no money moved. */
export interface Sums extends Totals {
  readonly sandbox: Totals;
}

export function sumsOf(purchases: readonly Purchase[]): Sums {
  return {
    ...totalsOf(purchases.filter(({ sandbox }) => sandbox === undefined)),
    sandbox: totalsOf(purchases.filter(({ sandbox }) => sandbox !== undefined)),
  };
}

function totalsOf(purchases: readonly Purchase[]): Totals {
  const of = (outcome: Outcome) => purchases.filter((one) => one.outcome === outcome);
  const charged = purchases.filter((one) => listingOf(one) === "total");
  const priced = charged.filter(hasTotal);
  const secretTotal = charged.filter((one) => !hasTotal(one) && isSecret(one, "total", "currency"));
  const hidden = purchases.filter((one) => isSecret(one, "outcome", "__earlierAttempts"));
  const missing = [...secretTotal, ...hidden];
  const sums = (...by: ("team" | "creditType")[]) => sumsBy(priced, by, missing);
  return {
    charged: sums(),
    byTeam: sums("team"),
    byTeamAndCreditType: sums("team", "creditType"),
    withoutTotal: charged.filter((one) => !hasTotal(one) && !secretTotal.includes(one)),
    secretTotal,
    hidden,
    separate: {
      unknown: of("unknown"),
      pending: of("pending"),
      checkout: of("checkout"),
      adopted: of("adopted"),
    },
  };
}

/** A sum for each currency and each value of these, where `missing` is what any of them may lack. */
function sumsBy(
  priced: readonly Priced[],
  by: readonly ("team" | "creditType")[],
  missing: readonly Purchase[],
): TeamSum[] {
  const keys = [...by, "currency"] as const;
  const groups = Map.groupBy(priced, (one) => JSON.stringify(keys.map((key) => one[key] ?? null)));
  return [...groups.values()]
    .map((these): TeamSum => {
      const [first] = these as [Priced];
      const isOf = (one: Purchase) => keys.every((key) => isSecret(one, key) || one[key] === first[key]);
      // An earlier attempt can have been for another team, and in another currency.
      const incomplete = missing.some((one) => isSecret(one, "__earlierAttempts", "outcome") || isOf(one));
      return {
        ...Object.fromEntries(by.map((key) => [key, first[key]])),
        ...{ currency: first.currency, purchases: these.length, total: totalOf(these) },
        ...(incomplete && { incomplete }),
      };
    })
    .toSorted((a, b) => keys.reduce((order, key) => order || compare(a[key], b[key]), 0));
}

function compare(a: string | undefined, b: string | undefined): number {
  return (a ?? "").localeCompare(b ?? "", "en");
}

/** Whether one of these values is hidden in the export. */
export function isSecret(one: Purchase, ...keys: string[]): boolean {
  return keys.some((key) => one.secret?.includes(key));
}

/** A purchase whose exact cost is known. */
export type Priced = Purchase & { readonly total: string; readonly currency: string };

export function hasTotal(one: Purchase): one is Priced {
  return (
    one.currency !== undefined &&
    !isSecret(one, "total", "currency") &&
    /^-?\d{1,30}(\.\d{1,30})?$/.test(one.total ?? "")
  );
}

/** The exact sum, with as many decimals as its parts have, two at least. */
export function totalOf(purchases: readonly Priced[]): string {
  const decimals = Math.max(2, ...purchases.map(({ total }) => total.split(".")[1]?.length ?? 0));
  return purchases.reduce((sum, { total }) => sum.plus(total), new Big(0)).toFixed(decimals);
}
