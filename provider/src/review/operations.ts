import { isUnknown } from "../lifecycle/inputs";
import { standingOf } from "../lifecycle/standing";
import type { Preview, Step } from "./preview";

/** What a merge would do with one purchase, the dangerous ones first. */
export const KINDS = ["buy again", "buy", "unresolved", "refused", "forget", "adopt", "recover"] as const;
export type Kind = (typeof KINDS)[number];

export interface Operation {
  readonly kind: Kind;
  /** The purchase's name in the program. */
  readonly resource: string;
  readonly team: string | undefined;
  readonly creditType: string | undefined;
  /** Whole US dollars; undefined where the preview doesn't know. */
  readonly amount: number | undefined;
  /** For `buy again`: the attempt. For the others: what is on record. */
  readonly note: string | undefined;
}

/** What the stack has bought already, as far as the preview lists it. */
export interface Bought {
  readonly purchases: number;
  readonly dollars: bigint;
  /** True where unchanged resources were left out, so that there may be more. */
  readonly isPartial: boolean;
}

const TYPE = "::pulumi-nodejs:dynamic/vercel:CreditPurchase::";

const isPurchase = ({ urn }: Step) => urn.includes(TYPE) || urn.includes(`$${TYPE.slice(2)}`);

export function operationsOf(preview: Preview): Operation[] {
  return stepOfEach(preview)
    .flatMap((step) => operationOf(step, preview.lines) ?? [])
    .toSorted(
      (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.resource.localeCompare(b.resource, "en"),
    );
}

/** A replacement is one step of a document and three of a stream, of which the one that creates says what happens. */
function stepOfEach({ steps }: Preview): Step[] {
  const ofEach = Map.groupBy(steps.filter(isPurchase), ({ urn }) => urn);
  return [...ofEach.values()].flatMap(
    (ofOne) => ofOne.find(({ op }) => op === "create-replacement" || op === "replace") ?? ofOne.at(-1) ?? [],
  );
}

function operationOf(step: Step, lines: readonly string[]): Operation | undefined {
  const kind = kindOf(step, lines);
  if (kind === undefined) return undefined;
  const inputs = (kind === "forget" ? (step.olds?.outputs ?? step.olds?.inputs) : step.news?.inputs) ?? {};
  const text = (value: unknown) => (typeof value === "string" && !isUnknown(value) ? value : undefined);
  const { amount, team, creditType } = inputs;
  const { status, intentId } = step.olds?.outputs ?? {};
  const record = [status, intentId].filter((value) => typeof value === "string").join(" ");
  return {
    kind,
    resource: step.urn.slice(step.urn.lastIndexOf("::") + 2),
    team: isUnknown(team) ? "(not known yet)" : text(team),
    creditType: isUnknown(creditType) ? "(not known yet)" : text(creditType),
    amount: typeof amount === "number" && Number.isSafeInteger(amount) && amount > 0 ? amount : undefined,
    note:
      kind === "buy again"
        ? `attempt ${isUnknown(inputs.attempt) ? "not known yet" : inputs.attempt}${record && `, on record: ${record}`}`
        : kind === "adopt"
          ? text(inputs.adopt)
          : record || undefined,
  };
}

function kindOf({ op, urn, olds, news }: Step, lines: readonly string[]): Kind | undefined {
  if (["same", "refresh", "read"].includes(op)) return undefined;
  if (op.startsWith("delete") || op === "discard" || op === "remove-pending-replace") return "forget";
  const inputs = news?.inputs;
  if (!inputs) return "unresolved";
  // The order's id is not known exactly where an order will be opened, and so a request be sent.
  if (isUnknown(inputs.orderId)) {
    if (inputs.adopt !== undefined && !isUnknown(inputs.adopt)) return "adopt";
    return olds === undefined && Number(inputs.attempt) === 1 ? "buy" : "buy again";
  }
  const before = olds?.outputs ?? {};
  if (inputs.adopt !== undefined && inputs.adopt !== before.adopt) return "adopt";
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  if (lines.some((line) => line.startsWith(`♻️ ${name}: `))) return "recover";
  return before.status === "refused" || before.status === "failed" || before.status === "checkout"
    ? "refused"
    : "unresolved";
}

/** Purchases made with this stack and still on record. Adopted ones were charged elsewhere, and aren't counted. */
export function boughtAlready(preview: Preview): Bought {
  const onRecord = new Map(
    preview.steps.filter(isPurchase).map(({ urn, olds }) => [urn, olds?.outputs ?? {}]),
  );
  const made = [...onRecord.values()].filter(
    (outputs) => outputs.status === "succeeded" && standingOf(outputs) === "bought",
  );
  return {
    purchases: made.length,
    dollars: made.reduce((sum, { amount }) => sum + BigInt(Number(amount) || 0), 0n),
    isPartial: preview.leftOut > 0,
  };
}
