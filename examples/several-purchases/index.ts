import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";

// pulumi config set team acme
// pulumi config set gatewayDollars 500
// pulumi config set v0Dollars 100
const config = new pulumi.Config();
const team = config.require("team");
const quarter = config.require("quarter");

// The name is the purchase's identity: the same name is never bought twice, a new quarter is a new purchase.
const gateway = new CreditPurchase(`gateway-${quarter}`, {
  creditType: "gateway",
  amount: config.requireNumber("gatewayDollars"),
  team,
});
const v0 = new CreditPurchase(`v0-${quarter}`, {
  creditType: "v0",
  amount: config.requireNumber("v0Dollars"),
  team,
});

/** For the books: what was charged, with tax, as Vercel answered. */
export const receipts = [gateway, v0].map(
  ({ summary, status, intentId, total, currency, creditsExpireAt }) => ({
    summary,
    status,
    intentId,
    total,
    currency,
    creditsExpireAt,
  }),
);
