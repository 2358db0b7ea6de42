import { printable } from "../domain/messages";
import type { Purchase } from "./purchases";
import { isSecret } from "./sums";

/** Which purchases are asked for. */
export interface Selection {
  /** The day of the first, or a moment, as ISO 8601. Days are in UTC. */
  readonly since?: string | undefined;
  /** As the program gives it, or the id that Vercel answered. */
  readonly team?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  /** Its name in the program. */
  readonly purchase?: string | undefined;
}

/** Those that are asked for. Throws an Error in words where that can't be told, or names nothing that is there. */
export function select(purchases: readonly Purchase[], wanted: Selection): Purchase[] {
  const { since, team, project, stack, purchase } = wanted;
  const first = since === undefined ? undefined : momentOf(since);
  // To leave one out would make a sum short, to list it would show another team's.
  if (team !== undefined && purchases.some((one) => isSecret(one, "team"))) {
    throw new Error(
      "--team can't be told: a purchase's team is secret and not in this export; `pulumi stack export " +
        "--show-secrets` writes it",
    );
  }
  const named = purchases.filter((one) => purchase === undefined || one.name === purchase);
  if (purchase !== undefined && named.length === 0) throw new Error(notThere(purchase, purchases));
  return named.filter(
    (one) =>
      (first === undefined || isSince(first, one)) &&
      (team === undefined || one.team === team || one.ownerId === team) &&
      (project === undefined || one.project === project) &&
      (stack === undefined || one.stack === stack.split("/").at(-1)),
  );
}

/** A purchase that has no time at all is listed: nothing says that it is older. */
function isSince(first: number, { time, before }: Purchase): boolean {
  const made = Date.parse(time ?? before ?? "");
  return Number.isNaN(made) || made >= first;
}

const DAY = /^\d{4}-\d\d-\d\d(T.+)?$/;

function momentOf(text: string): number {
  const moment = DAY.test(text) ? new Date(text) : new Date(Number.NaN);
  // 2026-02-30 is read as the second of March.
  const isThatDay =
    !Number.isNaN(moment.getTime()) && (text.length > 10 || moment.toISOString().startsWith(text));
  if (!isThatDay) throw new Error(`--since ${printable(text, 100)} is not a date such as 2026-10-01`);
  return moment.getTime();
}

const MOST_NAMES = 20;

function notThere(wanted: string, purchases: readonly Purchase[]): string {
  const names = [...new Set(purchases.map(({ name }) => name ?? "?"))].map((name) => printable(name, 80));
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  const there = names.length === 0 ? "" : `; there is ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
  return `no purchase is called ${printable(wanted, 100)}${there}`;
}

/** What was asked for, for people; undefined where that is everything. */
export function selectionInWords({ since, team, project, stack, purchase }: Selection): string | undefined {
  const parts = [
    purchase !== undefined && `purchase ${purchase}`,
    team !== undefined && `team ${team}`,
    project !== undefined && `project ${project}`,
    stack !== undefined && `stack ${stack}`,
    since !== undefined && `since ${since}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : printable(parts.join(", "), 300);
}
