import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { CreditType } from "../domain/order-arguments";
import type { Settings } from "../settings";

/** What is wanted of an order, as far as it is known; `team` is null where it isn't, and absent where none is given. */
export interface Wanted {
  readonly amount?: number | undefined;
  readonly creditType?: CreditType | undefined;
  readonly team?: string | null | undefined;
}

export interface OverCap {
  readonly argument: "amount" | "creditType" | "team";
  /** A sentence that names argument and cap. */
  readonly why: string;
}

/**
 * Why the stack's caps don't allow an order, or undefined where they do. What isn't known yet is left out, and judged in
 * the update.
 *
 * @param before What the update charges without it, in dollars.
 */
export function overCap(order: Wanted, settings: Settings, before: number): OverCap | undefined {
  const { maxAmount, maxAmountPerUpdate, allowedCreditTypes, allowedTeams } = settings;
  const { amount = 0, creditType, team } = order;
  if (creditType !== undefined && allowedCreditTypes?.includes(creditType) === false) {
    const why = `creditType is ${creditType}, and vercelCredits:allowedCreditTypes allows ${allowedCreditTypes.join(", ")}.`;
    return { argument: "creditType", why };
  }
  if (team !== null && allowedTeams?.includes(team ?? "") === false) {
    const whose = printable(team ?? "the token's own default", 100);
    return {
      argument: "team",
      why: `team is ${whose}, and vercelCredits:allowedTeams allows ${allowedTeams.join(", ")}.`,
    };
  }
  if (amount > maxAmount) {
    const why = `amount is ${dollars(amount)}, and vercelCredits:maxAmount allows ${dollars(maxAmount)} for one purchase.`;
    return { argument: "amount", why };
  }
  const total = before + amount;
  if (total > maxAmountPerUpdate) {
    const why =
      `amount (${dollars(amount)}) brings this update to ${dollars(total)}, and ` +
      `vercelCredits:maxAmountPerUpdate allows ${dollars(maxAmountPerUpdate)}.`;
    return { argument: "amount", why };
  }
  return undefined;
}
