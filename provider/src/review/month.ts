import { dollars } from "../domain/money";
import { type MonthBudget, monthLine } from "../domain/month-budget";
import type { Preview } from "./preview";

/**
 * How each month's budget stands with all previews together. Those with one journal share it, and the lowest of their limits
 * counts; a preview without changes of its own says nothing of it.
 */
export function monthBudgets(previews: readonly Pick<Preview, "months" | "config">[]): MonthBudget[] {
  const ofEach = previews.flatMap(({ months, config }) =>
    [...byMonth(months).values()].map((budget) => ({
      budget,
      // The same place, however it is spelled.
      journal: `${config["vercelCredits:journal"] ?? ""}`.replace(/\/*(\?.*)?$/, ""),
    })),
  );
  const together = Map.groupBy(ofEach, ({ budget, journal }) => `${keyOf(budget)} ${journal}`);
  return [...together.values()].map((all) => sumOf(all.map(({ budget }) => budget)));
}

/** The last line of a preview has all of it; whatever else is printed, the worst counts. */
function byMonth(months: readonly MonthBudget[]): Map<string, MonthBudget> {
  const worst = new Map<string, MonthBudget>();
  for (const one of months) {
    const before = worst.get(keyOf(one));
    if (before === undefined || leftOf(one) < leftOf(before)) worst.set(keyOf(one), one);
  }
  return worst;
}

function sumOf(budgets: readonly MonthBudget[]): MonthBudget {
  const all = (key: "used" | "uncertain" | "planned" | "limit") => budgets.map((budget) => budget[key]);
  return {
    ...(budgets[0] as MonthBudget),
    used: Math.max(...all("used")),
    uncertain: Math.max(...all("uncertain")),
    planned: all("planned").reduce((sum, amount) => sum + amount, 0),
    limit: Math.min(...all("limit")),
  };
}

const keyOf = ({ month, isSandbox }: MonthBudget) => `${month} ${isSandbox}`;
const leftOf = ({ used, planned, limit }: MonthBudget) => limit - used - planned;

/** A preview that buys under a month's limit, and could not read what the month has used. */
export function isMonthUnknown(
  { months, config }: Pick<Preview, "months" | "config">,
  buys: boolean,
): boolean {
  return buys && months.length === 0 && config["vercelCredits:maxAmountPerMonth"] !== undefined;
}

/** Whether all previews together go over it, where each alone may not. */
export const isOver = (budget: MonthBudget) => leftOf(budget) < 0;

export function monthInReview(budget: MonthBudget): string {
  return monthLine(budget).replace("in this update", "in this change");
}

/** The same for scripts: money as decimal strings. */
export function monthForScripts(budget: MonthBudget) {
  const { month, isSandbox, used, uncertain, planned, limit } = budget;
  const money = { used, uncertain, planned, left: leftOf(budget), limit };
  return {
    month,
    ...(isSandbox && { sandbox: true }),
    ...Object.fromEntries(Object.entries(money).map(([key, value]) => [key, value.toFixed(2)])),
  };
}

export function overInWords(budget: MonthBudget): string {
  return `, by ${dollars(-leftOf(budget))}: the updates are refused from there on, or vercelCredits:maxAmountPerMonth is raised.`;
}
