import { billingPage, printable } from "../domain/messages";
import { sentenceOf } from "../domain/outcome";
import { outcomeInWords } from "../domain/outcome-in-words";
import type { Cause } from "../domain/result";
import type { Purchase } from "../receipts/purchases";
import { TOKENS_TEAM } from "../receipts/words";
import { orderedOf } from "./receipts-text";

/** One purchase with all its attempts, and what a person, or Vercel's support, needs to find each. */
export interface Detailed {
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  /** Where its team sees what it was charged; absent for one of the sandbox. */
  readonly billing?: string | undefined;
  /** Oldest first; the last one is what the purchase came to. */
  readonly attempts: readonly Purchase[];
}

/** A name can be in several stacks of a journal, and under several parents of a stack. */
export function detailed(purchases: readonly Purchase[]): Detailed[] {
  const groups = Map.groupBy(
    purchases,
    ({ urn, project, stack, name }) => urn ?? JSON.stringify([project, stack, name]),
  );
  return [...groups.values()].map((attempts) => {
    const { name, project, stack, team, sandbox } = attempts.at(-1) ?? ({} as Partial<Purchase>);
    const billing = sandbox === undefined ? billingPage(team) : undefined;
    return { name, project, stack, ...(billing !== undefined && { billing }), attempts };
  });
}

export function detailedText(purchases: readonly Purchase[]): string {
  return `${detailed(purchases).map(textOf).join("\n\n")}\n`;
}

function textOf({ name, project, stack, billing, attempts }: Detailed): string {
  const place = [project && `project ${project}`, stack && `stack ${stack}`].filter(Boolean).join(", ");
  const head = printable(`${name ?? "?"}${place === "" ? "" : ` (${place})`}`, 300);
  return [
    head,
    ...(billing === undefined ? [] : lines({ billing })),
    ...attempts.flatMap((one, i) => [
      "",
      `  ${attempts.length === 1 ? "the only attempt" : `attempt ${one.attempt ?? i + 1}`}: ${printable(outcomeInWords(one))}. ${moneyOf(one)}`,
      ...lines(factsOf(one)).map((line) => `  ${line}`),
    ]),
  ].join("\n");
}

function moneyOf(one: Purchase): string {
  const sentence = sentenceOf(one.outcome, "later", one.settled);
  return one.sandbox === undefined
    ? sentence
    : `${sentence} It was made at the sandbox ${one.sandbox}, where no money moved.`;
}

function factsOf(one: Purchase): Record<string, string | undefined> {
  const { total, currency = "", subtotal, tax, refund, before, providerType, providerResourceId } = one;
  const parts = Object.entries({ subtotal, tax, refund }).filter(([, value]) => value !== undefined);
  const due = parts.map(([what, value]) => `${what} ${value}`).join(", ");
  return {
    ordered: [orderedOf(one), one.creditType && `of ${one.creditType} credits`].filter(Boolean).join(" "),
    team: one.team ?? TOKENS_TEAM,
    total: total === undefined ? undefined : `${total} ${currency}${due === "" ? "" : ` (${due})`}`,
    intent: [one.intentId, one.intentKind && `(${one.intentKind})`].filter(Boolean).join(" "),
    "purchase intent": one.purchaseIntentId === one.intentId ? undefined : one.purchaseIntentId,
    "orb subscription": one.orbSubscriptionId,
    "checkout session": one.checkoutSessionId,
    "x-vercel-id": one.requestId,
    provider: [providerType, providerResourceId].filter(Boolean).join(", "),
    owner: one.ownerId,
    time: one.time ?? (before === undefined ? undefined : `before ${before}`),
    updated: one.updatedAt,
    "credits expire": one.creditsExpireAt,
    order: one.order,
    why: one.altered === undefined ? causeInWords(one.cause) : `its record was altered: ${one.altered}`,
  };
}

/** The facts of a cause, as far as they help a person who looks for the request. */
function causeInWords(cause: Cause | undefined): string | undefined {
  switch (cause?.kind) {
    case undefined:
      return undefined;
    case "answer": {
      const said = [cause.httpStatus, cause.code].filter(Boolean).join(" ");
      const words = cause.message ?? cause.problem;
      return `Vercel answered ${said}${words === undefined ? "" : `: ${words}`}`;
    }
    case "notConnected":
    case "noAnswer":
    case "notWritable":
      return cause.problem;
    case "overCap":
      return cause.why;
    case "afterDoubt":
      return `not sent, because ${cause.purchase} of the same update is in doubt`;
    case "cutShort":
      return `its run was cut short${cause.leftAt === undefined ? "" : ` after ${cause.leftAt}, when its request was about to leave`}`;
    case "commandEnded":
      return "not sent, because the pulumi that asked for it had ended";
    case "leaseEnded":
      return "not sent, because its process was suspended for too long";
    case "orderReplaced":
      return "another order was opened in its place";
    case "argumentsDiffer":
      return "its arguments are not those of its order";
  }
}

function lines(facts: Record<string, string | undefined>): string[] {
  const there = Object.entries(facts).filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...there.map(([what]) => what.length)) + 2;
  return there.map(([what, value]) => `  ${what.padEnd(width)}${printable(value ?? "", 500)}`);
}
