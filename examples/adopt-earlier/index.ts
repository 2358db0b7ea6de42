import { CreditPurchase } from "pulumi-vercel-credits";

// Bought in the dashboard, with the command line, or in a run whose outcome nobody knew. Nothing is sent and
// nothing is charged; from now on the purchase is on record like any other.
const earlier = new CreditPurchase("gateway-2026-q3", {
  creditType: "gateway",
  amount: 250,
  adopt: "pur_3kQ8Zr5tYw",
});

export const { status, intentId } = earlier;
