import { MEANING, type Outcome } from "../domain/outcome";
import type { Others } from "./evidence";

/** What is asked of a purchase on record. */
export interface OtherPurchase {
  readonly order: string;
  readonly creditType?: string | undefined;
  readonly team?: string | undefined;
  readonly amount?: number | undefined;
  readonly outcome: Outcome;
  /** Whether a request of ours left for it, where that is known; else as its outcome means. */
  readonly requestLeft?: boolean | undefined;
  /** When its order was opened. */
  readonly time?: string | undefined;
}

/** The other purchases of the same credits for the same team that were opened since a moment. */
export function othersSince(
  purchases: readonly OtherPurchase[],
  { order, creditType, team }: Pick<OtherPurchase, "order" | "creditType" | "team">,
  since: string,
): Omit<Others, "isComplete"> {
  const others = purchases.filter(
    (one) =>
      one.order !== order &&
      one.creditType === creditType &&
      one.team === team &&
      (one.time ?? since) >= since,
  );
  const amountsOf = (which: readonly OtherPurchase[]) => which.map(({ amount = 0 }) => amount);
  const isCharged = (one: OtherPurchase) => one.amount !== undefined && wasCharged(one);
  return {
    charged: amountsOf(others.filter(isCharged)),
    inDoubt: amountsOf(others.filter((one) => !isCharged(one) && mayBeCharged(one))),
  };
}

/** What a person found and this machine did not send may have been charged at any time. */
function wasCharged(one: OtherPurchase): boolean {
  return MEANING[one.outcome].money === "charged" && didRequestLeave(one);
}

/** A checkout session can be paid at any time, and a person's word that nothing was bought is no proof. */
function mayBeCharged(one: OtherPurchase): boolean {
  const isUncertain = one.outcome === "checkout" || one.outcome === "withdrawn";
  return isUncertain ? didRequestLeave(one) : MEANING[one.outcome].money !== "not charged";
}

function didRequestLeave({ outcome, requestLeft = MEANING[outcome].requestLeft }: OtherPurchase): boolean {
  return requestLeft;
}
