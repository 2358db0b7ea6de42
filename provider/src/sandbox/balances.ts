import Big from "big.js";
import type { Charge } from "./ledger";

/** What was used of the credits that were bought, in dollars, by credit type. */
export class Used {
  readonly #used = new Map<string, Big>();

  /** @param dollars A decimal string, such as `3.21`. */
  add(creditType: string, dollars: string): void {
    this.#used.set(creditType, this.of(creditType).plus(dollars));
  }

  of(creditType: string): Big {
    return this.#used.get(creditType) ?? new Big(0);
  }
}

/** The AI Gateway's `GET /v1/credits`. One key sees the credits of all teams of this sandbox. */
export function gatewayBalance(charges: readonly Charge[], used: Used) {
  const total = used.of("gateway");
  return { balance: bought(charges, "gateway").minus(total).toFixed(2), total_used: total.toFixed(2) };
}

/** v0's `GET /v1/user/billing`: a block for each purchase, used up from the oldest on. */
export function v0Balance(charges: readonly Charge[], used: Used) {
  let left = used.of("v0");
  const blocks = charges
    .filter(({ creditType }) => creditType === "v0")
    .map(({ amount, time }) => {
      const taken = left.lt(amount) ? left : new Big(amount);
      left = left.minus(taken);
      const effectiveDate = Date.parse(time);
      return {
        effectiveDate,
        expirationDate: effectiveDate + YEAR_MS,
        originalBalance: amount,
        currentBalance: new Big(amount).minus(taken).toNumber(),
      };
    });
  const balance = bought(charges, "v0").minus(used.of("v0")).toNumber();
  return {
    billingType: "token",
    data: {
      plan: "Premium",
      role: "user",
      billingMode: "test",
      billingCycle: { start: 0, end: YEAR_MS },
      balance: { remaining: 0, total: 0 },
      onDemand: { balance, blocks },
    },
  };
}

const YEAR_MS = 365 * 24 * 3600 * 1000;

function bought(charges: readonly Charge[], creditType: string): Big {
  return charges
    .filter((charge) => charge.creditType === creditType)
    .reduce((sum, { amount }) => sum.plus(amount), new Big(0));
}
