import type { ResourceValidationPolicy } from "@pulumi/policy";
import { dollars } from "../domain/money";
import { dollarsOf, isOnRecord, isPurchase, NOT_KNOWN, read } from "./purchase";

/** `credits-per-purchase`: no purchase costs more than `maxAmount` US dollars before tax (default 1000). */
export const creditsPerPurchase: ResourceValidationPolicy = {
  name: "credits-per-purchase",
  description: "Limits what one purchase of Vercel credits costs.",
  configSchema: { properties: { maxAmount: { type: "number", default: 1000, minimum: 0 } } },
  validateResource({ name, props, getConfig, type }, report) {
    if (!isPurchase({ type, props }) || isOnRecord(props)) return;
    const { maxAmount } = getConfig<{ maxAmount: number }>();
    const amount = dollarsOf(props);
    if (amount === undefined) report(`${name}: the amount is not known yet, which counts as over the limit.`);
    else if (amount > maxAmount)
      report(`${name}: ${dollars(amount)} is over the ${dollars(maxAmount)} allowed for one purchase.`);
  },
};

/** `allowed-credit-types`: only these are bought. Does nothing without `creditTypes`. */
export const allowedCreditTypes: ResourceValidationPolicy = {
  name: "allowed-credit-types",
  description: "Limits which kinds of Vercel credits are bought.",
  configSchema: { properties: { creditTypes: { type: "array", items: { type: "string" } } } },
  validateResource({ name, props, getConfig, type }, report) {
    const { creditTypes } = getConfig<{ creditTypes?: string[] }>();
    if (!isPurchase({ type, props }) || isOnRecord(props) || creditTypes === undefined) return;
    const creditType = read(props, "creditType");
    if (typeof creditType !== "string" || !creditTypes.includes(creditType)) {
      const given = creditType === NOT_KNOWN ? "a credit type that is not known yet" : `"${creditType}"`;
      report(
        `${name}: ${given} is not one of the credit types that may be bought: ${creditTypes.join(", ")}.`,
      );
    }
  },
};

/** `protect-purchases`: a purchase must be protected, as it is unless a program turns that off. */
export const protectPurchases: ResourceValidationPolicy = {
  name: "protect-purchases",
  description: "Purchases of Vercel credits must stay protected against deletion.",
  validateResource({ name, opts, props, type }, report) {
    if (isPurchase({ type, props }) && !opts.protect)
      report(
        `${name}: protect is off. A purchase that is destroyed and declared again is bought again; leave protect on.`,
      );
  },
};

/**
 * `attempts-need-approval`: an `attempt` above 1 may charge a second time for the same thing, so each one must be listed
 * in `approved` by name and number, such as `gateway-2026-q4@2` (default: none).
 */
export const attemptsNeedApproval: ResourceValidationPolicy = {
  name: "attempts-need-approval",
  description: "Another try at buying Vercel credits needs an approval.",
  configSchema: { properties: { approved: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource({ name, props, getConfig, type }, report) {
    if (!isPurchase({ type, props }) || isOnRecord(props)) return;
    const attempt = read(props, "attempt") ?? 1;
    if (attempt === 1 || getConfig<{ approved: string[] }>().approved.includes(`${name}@${String(attempt)}`))
      return;
    const given = attempt === NOT_KNOWN ? "an attempt that is not known yet" : `attempt ${attempt}`;
    report(`${name}: ${given} may charge again and is not approved. Add "${name}@<attempt>" to approved.`);
  },
};
