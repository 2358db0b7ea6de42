import { dollars } from "./money";

/** How a month's budget stands, in dollars before tax. */
export interface MonthBudget {
  /** Such as `2026-11` (UTC). */
  readonly month: string;
  /** Charged in it, or still to be, without this update. */
  readonly used: number;
  /** Of that, what is in doubt, can still be paid, or is about to be sent. */
  readonly uncertain: number;
  /** What this update has come to so far. */
  readonly planned: number;
  readonly limit: number;
}

/** What to do about it. */
export const OVER_MONTH = "Lower it, raise vercelCredits:maxAmountPerMonth, or buy it next month.";

export function monthOf(date: Date): string {
  return date.toISOString().slice(0, 7);
}

/** `November 2026 (UTC)` */
export function monthInWords(month: string): string {
  const name = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
  return `${name.format(new Date(`${month}-01T00:00:00Z`))} (UTC)`;
}

/** What a reviewer reads of it: used, this change, what is left. */
export function monthLine({ month, used, uncertain, planned, limit }: MonthBudget): string {
  const doubt = uncertain === 0 ? "" : ` (${dollars(uncertain)} of it not certain)`;
  return (
    `📅 ${monthInWords(month)}: ${dollars(used)} used${doubt}, ${dollars(planned)} in this update, ` +
    `${dollars(limit - used - planned)} of ${dollars(limit)} left.`
  );
}

/** Why a purchase goes over it: a sentence that names argument and limit. */
export function overMonth(amount: number, { month, used, uncertain, planned, limit }: MonthBudget): string {
  const doubt =
    uncertain === 0
      ? ""
      : `, of which ${dollars(uncertain)} are in doubt, can still be paid, or are about to be sent`;
  return (
    `amount (${dollars(amount)}) brings ${monthInWords(month)} to ${dollars(used + planned)}${doubt}, and ` +
    `vercelCredits:maxAmountPerMonth allows ${dollars(limit)}.`
  );
}
