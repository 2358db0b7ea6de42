// The engine runs policies of a whole stack at the end: in a preview that is before anything is charged, in an update it
// is after. They protect an update that has a preview, as `pulumi up` has unless told otherwise.

import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { dollars } from "../domain/money";
import { costsNothing, dollarsOf, hasOutcome, isPurchase, read } from "./purchase";

/**
 * `credits-per-stack`: all purchases of a stack, made now or at any time before and still on record, cost no more than
 * `maxAmount` US dollars before tax. Does nothing without `maxAmount`, and where nothing new is bought. A purchase that was forgotten doesn't count, nor one
 * whose outcome on record says that it was not charged.
 */
export const creditsPerStack: StackValidationPolicy = {
  name: "credits-per-stack",
  description: "Limits what all purchases of Vercel credits by a stack cost, over its lifetime.",
  configSchema: { properties: { maxAmount: { type: "number", minimum: 0 } } },
  validateStack({ resources, getConfig }, report) {
    const { maxAmount } = getConfig<{ maxAmount?: number }>();
    if (maxAmount !== undefined) limit("this stack", resources.filter(counts), maxAmount, report);
  },
};

/**
 * `credits-per-team`: the same for each team, in `maxAmounts` by slug or id as the program gives it; `*` is any team that
 * isn't named. Does nothing without `maxAmounts`, for a team that neither covers, and for one for which nothing new is bought.
 */
export const creditsPerTeam: StackValidationPolicy = {
  name: "credits-per-team",
  description: "Limits what a stack's purchases of Vercel credits cost for each team.",
  configSchema: {
    properties: { maxAmounts: { type: "object", additionalProperties: { type: "number", minimum: 0 } } },
  },
  validateStack({ resources, getConfig }, report) {
    const { maxAmounts } = getConfig<{ maxAmounts?: Record<string, number> }>();
    if (maxAmounts === undefined) return;
    const limits = new Map(Object.entries(maxAmounts));
    for (const [team, purchases] of Map.groupBy(resources.filter(counts), teamOf)) {
      const maxAmount = limits.get(team) ?? limits.get("*");
      if (maxAmount !== undefined) limit(`team ${team}`, purchases, maxAmount, report);
    }
  },
};

function counts(resource: PolicyResource): boolean {
  return isPurchase(resource) && !costsNothing(resource.props);
}

function teamOf({ props }: PolicyResource): string {
  const team = read(props, "team");
  return typeof team === "string" ? team : "of the token, or not known yet,";
}

function limit(whose: string, purchases: PolicyResource[], maxAmount: number, report: (why: string) => void) {
  if (purchases.every(({ props }) => hasOutcome(props))) return;
  const amounts = purchases.map(({ props }) => dollarsOf(props));
  const unknown = amounts.filter((amount) => amount === undefined).length;
  const total = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  if (unknown > 0)
    report(
      `${whose}: the amounts of ${unknown} purchases are not known yet, which counts as over the limit.`,
    );
  else if (total > maxAmount)
    report(
      `${whose}: purchases of ${dollars(total)} in all are over the ${dollars(maxAmount)} allowed over its lifetime.`,
    );
}
