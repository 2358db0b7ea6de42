import { printable } from "../domain/messages";

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

/** What is looked at of a purchase. */
export interface Selectable {
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  /** Where its stack is, as far as that is on record. */
  readonly organization?: string | undefined;
  readonly team?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly time?: string | undefined;
  readonly before?: string | undefined;
  readonly secret?: readonly string[];
}

/**
 * Those that are asked for. Throws an Error in words where that can't be told, or names nothing that is there.
 *
 * @param about What is looked at, where they hold it elsewhere.
 */
export function select<T extends Selectable>(
  purchases: readonly T[],
  { since, team, project, stack, purchase }: Selection,
  about: (one: T) => Selectable = (one) => one,
): T[] {
  const first = since === undefined ? undefined : momentOf(since);
  const isOfStack = stack === undefined ? () => true : stackFilter(stack);
  const all = purchases.map((one) => ({ one, is: about(one) }));
  // To leave one out would make a sum short, to list it would show another team's.
  if (team !== undefined && all.some(({ is }) => is.secret?.includes("team"))) {
    throw new Error(
      "--team can't be told: a purchase's team is secret and not in this export; `pulumi stack export " +
        "--show-secrets` writes it",
    );
  }
  const named = all.filter(({ is }) => purchase === undefined || is.name === purchase);
  if (purchase !== undefined && named.length === 0) {
    throw new Error(
      notThere(
        purchase,
        all.map(({ is }) => is.name),
      ),
    );
  }
  return named
    .filter(
      ({ is }) =>
        (first === undefined || isSince(first, is)) &&
        (team === undefined || is.team === team || is.ownerId === team) &&
        (project === undefined || is.project === project) &&
        isOfStack(is),
    )
    .map(({ one }) => one);
}

/**
 * As Pulumi names stacks: `STACK`, `ORGANIZATION/STACK`, `ORGANIZATION/PROJECT/STACK`; and `PROJECT/STACK`, as tables show
 * it. What is on no record excludes nothing.
 */
function stackFilter(text: string): (one: Selectable) => boolean {
  const parts = text.split("/");
  if (parts.length > 3 || parts.includes("")) {
    throw new Error(`--stack ${printable(text, 100)} is not STACK or ORGANIZATION/PROJECT/STACK`);
  }
  const stack = parts.at(-1);
  const [first, project] = parts;
  const isOr = (one: string | undefined, wanted: string | undefined) => one === undefined || one === wanted;
  return (one) => {
    if (one.stack !== stack) return false;
    if (parts.length === 1) return true;
    if (parts.length === 2) return isOr(one.organization, first) || isOr(one.project, first);
    return isOr(one.organization, first) && isOr(one.project, project);
  };
}

/** A purchase that has no time at all is listed: nothing says that it is older. */
function isSince(first: number, { time, before }: Selectable): boolean {
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

function notThere(wanted: string, there: readonly (string | undefined)[]): string {
  const names = [...new Set(there.map((name) => name ?? "?"))].map((name) => printable(name, 80));
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  const hint = names.length === 0 ? "" : `; there is ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
  return `no purchase is called ${printable(wanted, 100)}${hint}`;
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
