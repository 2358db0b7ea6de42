import { CreditPurchase } from "pulumi-vercel-credits";

const topUp = new CreditPurchase("agent-2026-q4", { creditType: "agent", amount: 20 });

export const intentId = topUp.intentId;
export const status = topUp.status;
