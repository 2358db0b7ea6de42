import { z } from "zod";
import { printable } from "../domain/messages";
import { isObject, present } from "../domain/objects";
import { isOutcome, type Outcome } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { Cause } from "../domain/result";
import { sandboxOf } from "../domain/sandbox";
import { idIn, isDocumented, provenBy, wordsIn } from "./kept-answer";
import { type OrderReference, openingsOf } from "./order-reference";
import { type PurchaseRecord, purchaseRecordSchema } from "./purchase-record";

/** The arguments that a purchase was made with, as far as its outputs tell; a secret one may be hidden in an export. */
export interface KnownArguments {
  readonly creditType?: string | undefined;
  readonly amount?: number | undefined;
  readonly team?: string | undefined;
  readonly source?: string | undefined;
  readonly attempt?: number | undefined;
  readonly adopt?: string | undefined;
  readonly withdraw?: true | undefined;
}

/** What the outputs of a purchase say, whichever version of this package wrote them. */
export interface PurchaseState {
  /** `unknown` where the record can't be trusted. */
  readonly outcome: Outcome;
  /** Why the record can't be trusted, as the end of a sentence: somebody changed it by hand. */
  readonly altered?: string;
  /** For people: Vercel's word where it gave one. No rule goes by it. */
  readonly status?: string;
  /** The purchase's name in the program. */
  readonly name?: string;
  readonly arguments: KnownArguments;
  readonly receipt: Receipt;
  /** The order that the outcome belongs to. */
  readonly order: OrderReference | undefined;
  /** The address, where it was made at one of this machine, and not at Vercel. */
  readonly sandbox?: string;
  readonly cause?: Cause;
  /** Of a person's word: what the outcome was before it, as far as that is on record. */
  readonly settled?: Outcome;
  /** The ids that Vercel gave, and not a person. */
  readonly vercelIds: readonly string[];
  readonly completionMissing: boolean;
  readonly stoppedAttempt?: number;
  readonly teamIsDefault: boolean;
  /** Oldest first. */
  readonly earlierAttempts: readonly PurchaseState[];
}

const text = z.string().optional().catch(undefined);

const argumentsSchema = z.object({
  creditType: text,
  amount: z.number().optional().catch(undefined),
  team: text,
  source: text,
  attempt: z.number().optional().catch(undefined),
  adopt: text,
  withdraw: z.literal(true).optional().catch(undefined),
});

const receiptSchema = z.object({
  intentKind: text,
  intentId: text,
  purchaseIntentId: text,
  orbSubscriptionId: text,
  checkoutSessionId: text,
  checkoutSessionUrl: text,
  currency: text,
  subtotal: text,
  tax: text,
  total: text,
  refund: text,
  ownerId: text,
  providerType: text,
  providerResourceId: text,
  createdAt: text,
  updatedAt: text,
  creditsExpireAt: text,
  requestId: text,
  answer: z.record(z.string(), z.unknown()).optional().catch(undefined),
} satisfies Record<keyof Receipt, z.ZodType>);

type Outputs = Record<string, unknown>;

/**
 * The one reader of a purchase's outputs. It never throws: what it can't read is absent, and an outcome that it can't
 * trust is `unknown`, with `altered` saying why.
 */
export function readPurchase(outputs: Outputs): PurchaseState {
  const receipt = present(receiptSchema.parse(outputs)) as Receipt;
  const record = purchaseRecordSchema.safeParse(outputs.__record).data;
  const read = outcomeOf(outputs, receipt);
  const outcome = read.outcome ?? "unknown";
  const order = record?.order ?? openingsOf(outputs.__journal, outputs).at(-1);
  return {
    outcome,
    ...(read.altered !== undefined && { altered: read.altered }),
    arguments: argumentsSchema.parse(outputs),
    receipt,
    order,
    vercelIds: vercelIdsOf(outcome, receipt, record),
    completionMissing: record?.completionMissing === true,
    teamIsDefault: record?.teamIsDefault === true,
    earlierAttempts: Array.isArray(outputs.__earlierAttempts)
      ? outputs.__earlierAttempts.map((attempt) => readPurchase(isObject(attempt) ? attempt : {}))
      : [],
    ...present({
      status: textOf(outputs.status),
      name: textOf(outputs.__label),
      cause: record?.cause,
      settled: record?.settled ?? settledEarlier(outputs, outcome, receipt),
      stoppedAttempt: record?.stoppedAttempt,
      // The order has it also where an earlier version wrote no such output; an export can hide that.
      sandbox: order?.identity ? sandboxOf(order.identity.endpoint) : textOf(outputs.sandbox),
    }),
  };
}

function outcomeOf(outputs: Outputs, receipt: Receipt): { outcome?: Outcome; altered?: string } {
  const { outcome } = outputs;
  if (!isThere(outcome)) {
    return isThere(outputs.__record)
      ? { altered: "it has no outcome, and was not written by a version that knew none" }
      : { outcome: outcomeOfEarlier(outputs, receipt) };
  }
  if (!isOutcome(outcome)) {
    return typeof outcome === "string" && outcome !== "[secret]"
      ? { altered: `its outcome is "${printable(outcome, 100)}", which is not an outcome` }
      : { altered: "its outcome is secret here, or not a text" };
  }
  return contradiction(outcome, receipt) ?? { outcome };
}

/** An outcome that says that nothing was bought, beside an intent that says more. */
function contradiction(outcome: Outcome, { intentKind, intentId }: Receipt): { altered: string } | undefined {
  const isWrong =
    outcome === "failed"
      ? intentKind !== undefined && !isDocumented(intentKind)
      : (outcome === "refused" || outcome === "notSent") && (intentKind ?? intentId) !== undefined;
  if (!isWrong) return undefined;
  const what = printable([intentKind, intentId].filter(Boolean).join(" "), 100);
  return { altered: `its outcome is "${outcome}", and it has ${what} from Vercel` };
}

/**
 * The contract's "States and journals of earlier versions": they had one free text, `status`, for Vercel's words and
 * ours. What they called failed, refused or left in a checkout is believed only where the answer that says so is there.
 */
function outcomeOfEarlier(outputs: Outputs, receipt: Receipt): Outcome {
  const { status, answer } = outputs;
  const { intentKind, intentId } = receipt;
  const hasReason = isThere(outputs.reason);
  if (status === "adopted" && !isVercelsWord(status, outputs)) return "adopted";
  if (status === "succeeded" && isDocumented(intentKind) && !hasReason) return "bought";
  if (status === "failed" || status === "checkout" || status === "refused") {
    const proven = provenBy(answer);
    if (proven === status) return proven;
  }
  const hasIntent = intentKind !== "checkoutSession" && (intentKind ?? intentId) !== undefined;
  return hasIntent && !hasReason ? "pending" : "unknown";
}

/** Earlier versions kept whatever Vercel called an intent, also where that is a word of ours. */
function isVercelsWord(status: string, { answer, adopt }: Outputs): boolean {
  return !isThere(adopt) && wordsIn(answer).includes(status);
}

/** Earlier versions kept what was learned before a purchase was adopted, and not what it was called then. */
function settledEarlier(outputs: Outputs, outcome: Outcome, { requestId }: Receipt): Outcome | undefined {
  if (outcome !== "adopted" || isOutcome(outputs.outcome)) return undefined;
  const { answer } = outputs;
  const proven = provenBy(answer);
  if (proven !== undefined) return proven;
  return (answer ?? requestId) === undefined ? undefined : "unknown";
}

function vercelIdsOf(outcome: Outcome, receipt: Receipt, record: PurchaseRecord | undefined): string[] {
  const { intentId, purchaseIntentId, answer } = receipt;
  const isPersonsWord = outcome === "adopted" || outcome === "withdrawn";
  const ids = isPersonsWord
    ? (record?.vercelIds ?? [idIn(answer), purchaseIntentId])
    : [intentId, purchaseIntentId];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Whether an output is there at all, whatever it says: a secret one may be hidden. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
