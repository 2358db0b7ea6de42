import { dollars } from "./money";

/** How a month's budget stands, in dollars before tax. */
export interface MonthBudget {
  /** Such as `2026-11` (UTC). */
  readonly month: string;
  /** Whether it is that of an address of this machine, where no money moves. */
  readonly isSandbox: boolean;
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
function monthInWords({ month, isSandbox }: Pick<MonthBudget, "month" | "isSandbox">): string {
  const name = MONTHS[Number(month.slice(5)) - 1] ?? month;
  return `${name} ${month.slice(0, 4)} (UTC)${isSandbox ? " at the sandbox" : ""}`;
}

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** What a reviewer reads of it in two seconds: used, this update, what is left. */
export function monthLine(budget: MonthBudget): string {
  const { used, uncertain, planned, limit } = budget;
  const doubt = uncertain === 0 ? "" : ` (${dollars(uncertain)} of it not certain)`;
  return (
    `📅 ${monthInWords(budget)}: ${dollars(used)} used${doubt}, ${dollars(planned)} in this update, ` +
    `${dollars(limit - used - planned)} of ${dollars(limit)} left.`
  );
}

const MONEY = String.raw`\d{1,3}(?:,\d{3}){0,4}\.\d\d`;
const LINE = new RegExp(
  `📅 (${MONTHS.join("|")}) (\\d{4}) \\(UTC\\)( at the sandbox)?: \\$(${MONEY}) used(?: \\(\\$(${MONEY}) of it not certain\\))?, ` +
    `\\$(${MONEY}) in this update, -?\\$${MONEY} of \\$(${MONEY}) left\\.`,
  "u",
);

/** Such a line, as a preview has it. For people: no purchase goes by it. */
export function readMonthLine(text: string): MonthBudget | undefined {
  const [, name = "", year, sandbox, ...money] = LINE.exec(text) ?? [];
  const [used, uncertain, planned, limit] = money.map((one) => Number((one ?? "0").replaceAll(",", "")));
  if (used === undefined || uncertain === undefined || planned === undefined || limit === undefined)
    return undefined;
  const month = `${year}-${String(MONTHS.indexOf(name) + 1).padStart(2, "0")}`;
  return { month, isSandbox: sandbox !== undefined, used, uncertain, planned, limit };
}

/** Why a purchase goes over it: a sentence that names argument and limit. */
export function overMonth(amount: number, budget: MonthBudget): string {
  const { used, uncertain, planned, limit } = budget;
  const doubt =
    uncertain === 0 ? "" : ` (${dollars(uncertain)} of it in doubt, still to be paid, or about to be sent)`;
  return (
    `amount (${dollars(amount)}) brings ${monthInWords(budget)} to ${dollars(used + planned)}${doubt}, and ` +
    `vercelCredits:maxAmountPerMonth allows ${dollars(limit)}.`
  );
}
