import { type Charge, randomId } from "./ledger";

/** What a request to buy asks for, once it has passed the endpoint's checks. */
export type Order = Pick<Charge, "team" | "creditType" | "amount" | "source">;

/** Bodies as the endpoint's page documents them, with every required field and the optional ones that matter. */
export function purchaseIntent(order: Order, status: string, id = `pur_${randomId()}`) {
  const now = new Date().toISOString();
  const money = `${order.amount}.00`;
  return {
    purchaseIntent: {
      id,
      status,
      ownerId: order.team.startsWith("team_") ? order.team : `team_${order.team}`,
      currency: "usd",
      subtotal: money,
      tax: "0.00",
      total: money,
      createdAt: now,
      updatedAt: now,
      provider: { type: "stripe_invoice_immediate", resourceId: `in_${randomId()}` },
      configuration: {
        type: "credits",
        options: { currency: CURRENCIES[order.creditType], amount: money, expirationDate: inAYear() },
      },
      lineItems: [],
      metadata: { source: order.source },
    },
  };
}

export function orbSubscriptionIntent(order: Order, charge: Charge) {
  const { ownerId, createdAt, updatedAt, configuration } = purchaseIntent(order, "succeeded").purchaseIntent;
  return {
    orbSubscriptionIntent: {
      id: `orbsubint_${randomId()}`,
      status: "succeeded",
      orbSubscriptionId: `orbsub_${randomId()}`,
      purchaseIntentId: charge.intentId,
      ownerId,
      createdAt,
      updatedAt,
      configuration,
    },
  };
}

export function checkoutSession() {
  const checkoutSessionId = `cs_${randomId()}`;
  return { checkoutSessionId, checkoutSessionUrl: `https://checkout.example/${checkoutSessionId}` };
}

/** Vercel's shape of an error. */
export function errorBody(code: string, message: string) {
  return { error: { code, message } };
}

/** Seen in real intents; not on the endpoint's page. */
const CURRENCIES: Record<string, string> = {
  gateway: "ai_gateway_credits",
  v0: "v0_user_credits",
  agent: "vercel_agent_credits",
};

function inAYear(): string {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return date.toISOString();
}
