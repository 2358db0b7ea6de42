import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isOnRecord, isPurchase, read } from "./purchase";

/**
 * `no-purchases`: nothing is bought. Does nothing without `enabled: true`, so that a pack of all policies goes on as before.
 * What is on record, and what `adopt` or `withdraw` puts there, sends nothing, and passes.
 */
export const noPurchases: ResourceValidationPolicy = {
  name: "no-purchases",
  description: "No Vercel credits are bought.",
  configSchema: { properties: { enabled: { type: "boolean", default: false } } },
  validateResource({ name, props, getConfig, type }, report) {
    // Not by its enforcement level: a pack's configuration may set one for all policies.
    if (!isPurchase({ type, props }) || getConfig<{ enabled: boolean }>().enabled !== true) return;
    const isPersonsWord = typeof read(props, "adopt") === "string" || read(props, "withdraw") === true;
    if (!isOnRecord(props) && !isPersonsWord)
      report(`${name}: no Vercel credits may be bought here. Remove this purchase.`);
  },
};
