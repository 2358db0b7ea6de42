import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";

const topUp = new CreditPurchase("gateway-2026-q4", {
  creditType: "gateway",
  amount: new pulumi.Config().requireNumber("gatewayDollars"),
  team: "acme",
});

export const outcome = topUp.outcome;
export const bill = pulumi.interpolate`${topUp.total} ${topUp.currency}`;
