import { dollars } from "../domain/money";
import { partsOfUrn } from "../domain/urn";
import { type BudgetVerdict, budgetVerdict } from "./budget";
import {
  type Bought,
  boughtAlready,
  charges,
  fails,
  type Kind,
  mayCharge,
  type Operation,
  operationsOf,
} from "./operations";
import { readPreview } from "./preview";

/** What a reviewer should know of the money in a change. */
export interface Review {
  /** Empty where the preview lists nothing, as without `--show-sames` when nothing changes. */
  readonly project: string;
  readonly stack: string;
  /** The dangerous ones first. */
  readonly operations: readonly Operation[];
  readonly verdict: BudgetVerdict;
  readonly bought: Bought;
  /** Whether nothing stands against it: what is charged is known and within the budget, and no purchase is known to fail. */
  readonly passes: boolean;
}

/**
 * @param text What `pulumi preview --json` printed, or a stream of engine events.
 * @param budget Instead of the stack's own `vercelCredits:maxAmountPerUpdate`, in dollars.
 */
export function review(text: string, budget?: string): Review {
  const preview = readPreview(text);
  const operations = operationsOf(preview);
  // A preview without changes lists no step, unless asked to with --show-sames, and then names no stack.
  const { stack = "", project = "" } = partsOfUrn(preview.steps[0]?.urn ?? "");
  const verdict = budgetVerdict(operations, preview, budget);
  return {
    project,
    stack,
    operations,
    verdict,
    bought: boughtAlready(preview),
    passes: verdict.isWithin && !operations.some(mayCharge) && !operations.some(fails),
  };
}

/** Why a change doesn't pass, a sentence each, of which `what` is the beginning that must be seen. */
export function objections({
  operations,
  verdict,
}: Review): { readonly what: string; readonly rest: string }[] {
  const found = [];
  if (!verdict.isWithin) {
    const why = verdict.unknown > 0 ? "an amount is not known, which counts as over it" : "over it";
    found.push({
      what: "Not within",
      rest: ` the budget of ${dollars(verdict.budget)} for one update: ${why}.`,
    });
  }
  if (operations.some(mayCharge)) {
    const why = "the journal decides whether it buys, and this preview could not ask it";
    found.push({ what: "May charge", rest: `, for each purchase that says so: ${why}.` });
  }
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

export const HEADINGS = ["operation", "purchase", "team", "credits", "", "charged now"];

export function rowOf(operation: Operation) {
  const { kind, resource, team, creditType, amount, note = "" } = operation;
  const dollarsOrUnknown = amount === undefined ? "unknown" : dollars(amount);
  return {
    what: WHAT[kind],
    resource,
    team: team ?? "(the token's own)",
    credits: `${amount ?? "?"} ${creditType ?? "?"}`,
    dollars: charges(operation)
      ? dollarsOrUnknown
      : mayCharge(operation)
        ? amount === undefined
          ? "unknown"
          : `$0.00 or ${dollarsOrUnknown}`
        : "$0.00",
    note,
  };
}
