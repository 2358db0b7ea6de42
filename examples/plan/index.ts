import { CreditPlan } from "pulumi-vercel-credits";

// A pull request adds a line; its preview charges for that line alone. A line that was bought stays: it is the record.
const plan = new CreditPlan("credits", {
  purchases: {
    "2026-q3": { gateway: 400 },
    "2026-q4": { gateway: 500, v0: 50 },
  },
});

/** Each purchase is a `CreditPurchase`, by its period and credit type. */
export const latest = plan.purchases["2026-q4-gateway"]?.summary;
