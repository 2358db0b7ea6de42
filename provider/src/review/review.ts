import { stripVTControlCharacters } from "node:util";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { MonthBudget } from "../domain/month-budget";
import { CREDIT_NAMES, type CreditType } from "../domain/order-arguments";
import { type BudgetVerdict, budgetOf, budgetVerdict } from "./budget";
import { isMonthUnknown, isOver, monthBudgets, overInWords } from "./month";
import {
  type Bought,
  boughtAlready,
  charges,
  fails,
  KINDS,
  type Kind,
  mayCharge,
  type Operation,
  operationsOf,
} from "./operations";
import { type Preview, readPreview, type StackName, Unusable } from "./preview";

/** What is to be reviewed: what `pulumi preview --json` printed, or a stream of engine events. */
export interface Given {
  readonly text: string;
  /** Why it can't be read, where it can't. */
  readonly unreadable?: string | undefined;
  /** Which stack it is of, where it doesn't say. */
  readonly of?: StackName | undefined;
}

/** A preview that is not complete: then nothing is known of the money. */
export interface Failed extends StackName {
  /** What is wrong with it, as the end of a sentence. */
  readonly why: string;
  /** What failed, in Pulumi's words, where it says so. */
  readonly problems: readonly string[];
}

/** What a merge does with one purchase, and where. */
export type Row = Operation & StackName;

/** What a reviewer should know of the money in a change, of one stack or of several together. */
export interface Review {
  /** Of every preview. Empty names where one doesn't say. */
  readonly stacks: readonly StackName[];
  readonly failed: readonly Failed[];
  /** The dangerous ones first. */
  readonly operations: readonly Row[];
  readonly verdict: BudgetVerdict;
  readonly bought: Bought;
  /** How the budget of the month stands, where there is one. */
  readonly months: readonly MonthBudget[];
  /** Whether a preview could not read what the month has used. */
  readonly isMonthUnread: boolean;
  /** Whether nothing stands against it: what is charged is known and within the budget, and no purchase is known to fail. */
  readonly passes: boolean;
}

/** @param budget Instead of each stack's own `vercelCredits:maxAmountPerUpdate`, in dollars, for all of them together. */
export function review(given: readonly Given[], budget?: string): Review {
  const read = given.map((one) => readOne(one, budget === undefined));
  const failed = read.flatMap((one) => ("why" in one ? [one] : []));
  const previews = read
    .flatMap((one) => ("why" in one ? [] : [one]))
    .map((preview) => ({ preview, operations: operationsOf(preview) }));
  const operations = previews
    .flatMap(({ preview: { project, stack }, operations }) =>
      operations.map((one) => ({ ...one, project, stack })),
    )
    .toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const verdict = budgetVerdict(previews, budget);
  const months = monthBudgets(previews.map(({ preview }) => preview));
  const isMonthUnread = previews.some(({ preview, operations: its }) =>
    isMonthUnknown(
      preview,
      its.some((one) => charges(one) || mayCharge(one)),
    ),
  );
  return {
    stacks: read.map(({ project, stack }) => ({ project, stack })),
    failed,
    operations,
    verdict,
    months,
    isMonthUnread,
    bought: sumOf(previews.map(({ preview }) => boughtAlready(preview))),
    passes:
      failed.length === 0 &&
      verdict.isWithin &&
      !operations.some(mayCharge) &&
      !operations.some(fails) &&
      !months.some(isOver) &&
      !isMonthUnread,
  };
}

function readOne({ text, of, unreadable }: Given, needsBudget: boolean): Preview | Failed {
  const named = (found: StackName | undefined) =>
    found === undefined || found.project === "" ? (of ?? { project: "", stack: "" }) : found;
  try {
    if (unreadable !== undefined) throw new Unusable(unreadable);
    const preview = readPreview(text);
    if (needsBudget) checkBudget(preview);
    return { ...preview, ...named(preview) };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const { project, stack } = named(error.of);
    return { project, stack, why: error.message, problems: error.problems };
  }
}

function checkBudget(preview: Preview): void {
  try {
    budgetOf(preview);
  } catch (error) {
    if (error instanceof Unusable) throw new Unusable(error.message, [], preview);
    throw error;
  }
}

function sumOf(all: readonly Bought[]): Bought {
  const none: Bought = { purchases: 0, dollars: 0n, hidden: 0, atSandbox: 0, isPartial: false };
  return all.reduce(
    (sum, one) => ({
      purchases: sum.purchases + one.purchases,
      dollars: sum.dollars + one.dollars,
      hidden: sum.hidden + one.hidden,
      atSandbox: sum.atSandbox + one.atSandbox,
      isPartial: sum.isPartial || one.isPartial,
    }),
    none,
  );
}

/** Whether anything is bought, or may be, or has to be settled: else there is nothing to approve. */
export function concernsMoney({ operations, failed }: Review): boolean {
  return failed.length > 0 || operations.some((one) => charges(one) || mayCharge(one) || fails(one));
}

/** ` at the sandbox, where no money moves`, for as much of the sum as that is true of. */
export function placeInWords({ operations, verdict }: Review): string {
  const bought = operations.filter((one) => charges(one) || mayCharge(one));
  const there = bought.filter(({ sandbox }) => sandbox !== undefined);
  if (there.length === 0) return "";
  const sandbox = "at the sandbox, where no money moves";
  return there.length === bought.length ? ` ${sandbox}` : ` (${dollars(verdict.atSandbox)} of it ${sandbox})`;
}

const MOST_PROBLEMS = 20;

/** What failed in a preview, a line or more each, as it is safe to print. */
export function problemsInWords(problems: readonly string[]): string {
  const lines = problems
    .flatMap((problem) => stripVTControlCharacters(problem).split("\n"))
    .map((line) => printable(line.trimEnd(), 2000))
    .filter((line) => line !== "");
  const left = lines.length - MOST_PROBLEMS;
  return [...lines.slice(0, MOST_PROBLEMS), ...(left > 0 ? [`... and ${left} lines more`] : [])].join("\n");
}

/** What the budget says, as the end of a sentence. */
export function budgetInWords({ verdict, stacks }: Review): string {
  const { budget, isWithin, isGiven, unknown } = verdict;
  const name =
    stacks.length === 1
      ? `the budget of ${dollars(budget)} for one update`
      : isGiven
        ? `the budget of ${dollars(budget)} for all of them`
        : `each stack's own budget for one update (${dollars(budget)} together)`;
  if (isWithin) return `within ${name}`;
  return `not within ${name}${unknown > 0 ? ", because an amount is not known" : ""}`;
}

/** Why a change doesn't pass, beside the budget: a sentence each, of which `what` is the beginning that must be seen. */
export function objections({
  operations,
  months,
  isMonthUnread,
}: Review): { readonly what: string; readonly rest: string }[] {
  const found = [];
  if (operations.some(mayCharge)) {
    const why = "the journal decides whether it buys, and this preview could not ask it";
    found.push({ what: "May charge", rest: `, for each purchase that says so: ${why}.` });
  }
  if (isMonthUnread) {
    const rest =
      " in this preview, which could not read the journal: `pulumi up` buys nothing over its limit.";
    found.push({ what: "What the month has used isn't known", rest });
  }
  for (const over of months.filter(isOver))
    found.push({ what: "Over the month's budget", rest: overInWords(over) });
  const failing = operations.filter(fails).length;
  if (failing > 0) {
    const who = failing === 1 ? "one purchase needs" : `${failing} purchases need`;
    found.push({
      what: "The update will fail",
      rest: `: ${who} a person to settle ${failing === 1 ? "it" : "them"} first.`,
    });
  }
  return found;
}

/** What was bought before, as a sentence. */
export function boughtInWords({ bought }: Review): string {
  if (bought.isPartial)
    return "Bought already: not in this preview (`pulumi preview --json --show-sames` lists it).";
  const times = `${bought.purchases} purchase${bought.purchases === 1 ? "" : "s"}`;
  const hidden =
    bought.hidden === 0 ? "" : `, and ${bought.hidden} of them at an amount that is secret, not in that sum`;
  const sandbox = bought.atSandbox === 0 ? "" : ` At the sandbox, where no money moved: ${bought.atSandbox}.`;
  return `Bought already: ${times}, ${dollars(bought.dollars)}${hidden}.${sandbox}`;
}

const WHAT: Record<Kind, string> = {
  buy: "💳 buy",
  "buy again": "💳 buy again",
  "may buy": "⚠️ may buy: its journal decides",
  unresolved: "⚠️ unresolved: nothing is bought, and `pulumi up` fails",
  refused: "⚠️ did not buy earlier: nothing is sent, and `pulumi up` fails",
  forget: "🗑️ forget the record: nothing is refunded",
  adopt: "📎 adopt: recorded, nothing is charged",
  withdraw: "↩️ withdraw: recorded as not made, nothing is charged",
  recover: "♻️ recover from the journal: nothing is charged",
};

/** A figure and its unit stay in one line. */
const NBSP = "\u00a0";

/** Where there are several stacks, each row names its own. */
export function headingsOf({ stacks }: Review): string[] {
  return [
    `charged${NBSP}now`,
    "operation",
    "purchase",
    ...(stacks.length > 1 ? ["stack"] : []),
    "team",
    "credits",
  ];
}

export function rowOf(row: Row) {
  const { kind, resource, team, creditType, amount, note = "", sandbox, project, stack } = row;
  const dollarsOrUnknown = amount === undefined ? "unknown" : dollars(amount);
  const type = CREDIT_NAMES[creditType as CreditType];
  return {
    what: WHAT[kind],
    resource,
    stack: `${project}/${stack}`,
    team: team ?? "(the token's own)",
    credits: `${amount ?? "?"}${NBSP}${(type ?? creditType ?? "?").replaceAll(" ", NBSP)}`,
    /** Whether the credits are named in words of ours. */
    isKnownType: type !== undefined,
    dollars: charges(row)
      ? dollarsOrUnknown
      : mayCharge(row)
        ? amount === undefined
          ? "unknown"
          : `$0.00 or ${dollarsOrUnknown}`
        : "$0.00",
    /** The attempt, or what is on record; and where, if that is not Vercel. */
    note: [note, sandbox && `sandbox ${sandbox}`].filter(Boolean).join(", "),
  };
}
