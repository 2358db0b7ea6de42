import { CreditPurchase } from "pulumi-vercel-credits";

const topUp = new CreditPurchase("gateway-2026-q4", {
  creditType: "gateway", // "v0" | "gateway" | "agent"
  amount: 100, // whole credits; 1 credit = 1 US dollar
});

export const intentId = topUp.intentId;
export const status = topUp.status;
