import { dollars } from "../domain/money";
import { judge, type Verdict } from "./budget";
import { type Bought, boughtAlready, type Kind, type Operation, operationsOf } from "./operations";
import { readPreview } from "./preview";

/** What a reviewer should know of the money in a change. */
export interface Review {
  /** Empty where the preview lists nothing, as without `--show-sames` when nothing changes. */
  readonly project: string;
  readonly stack: string;
  /** The dangerous ones first. */
  readonly operations: readonly Operation[];
  readonly verdict: Verdict;
  readonly bought: Bought;
}

/**
 * @param text What `pulumi preview --json` printed, or a stream of engine events.
 * @param budget Instead of the stack's own `vercelCredits:maxAmountPerUpdate`, in dollars.
 */
export function review(text: string, budget?: string): Review {
  const preview = readPreview(text);
  const operations = operationsOf(preview);
  // A preview without changes lists no step, unless asked to with --show-sames, and then names no stack.
  const [, stack = "", project = ""] =
    /^urn:pulumi:([^:]*)::([^:]*)::/.exec(preview.steps[0]?.urn ?? "") ?? [];
  return {
    project,
    stack,
    operations,
    verdict: judge(operations, preview, budget),
    bought: boughtAlready(preview),
  };
}

const WHAT: Record<Kind, string> = {
  buy: "💳 buy",
  "buy again": "💳 buy again",
  unresolved: "⚠️ unresolved: nothing is bought, and `pulumi up` fails",
  refused: "⚠️ was not bought: nothing is bought, and `pulumi up` fails",
  forget: "🗑️ forget: the credits stay, and nothing is refunded",
  adopt: "📎 adopt: recorded, nothing is charged",
  recover: "♻️ recover from the journal: nothing is charged",
};

export const HEADINGS = ["operation", "purchase", "team", "credits", "", "charged now"];

export function rowOf({ kind, resource, team, creditType, amount, note = "" }: Operation) {
  const charges = kind === "buy" || kind === "buy again";
  return {
    what: WHAT[kind],
    resource,
    team: team ?? "(the token's own)",
    credits: `${amount ?? "?"} ${creditType ?? "?"}`,
    dollars: charges ? (amount === undefined ? "unknown" : dollars(amount)) : "$0.00",
    note,
  };
}
