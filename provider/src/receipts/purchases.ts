import { z } from "zod";
import { isObject } from "../domain/objects";
import { MEANING, type Meaning, type Outcome } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { Cause } from "../domain/result";
import { partsOfUrn } from "../domain/urn";
import type { JournaledPurchase } from "../journal/books";
import { type PurchaseState, readPurchase } from "../state/purchase-state";

/** What an answer says of the money. Text exactly as answered. */
const MONEY = ["currency", "subtotal", "tax", "total", "refund"] as const;
/** By which Vercel's support finds it, and when. */
const TRACES = [
  ...(["intentKind", "intentId", "purchaseIntentId", "orbSubscriptionId", "checkoutSessionId"] as const),
  ...([
    "requestId",
    "ownerId",
    "providerType",
    "providerResourceId",
    "updatedAt",
    "creditsExpireAt",
  ] as const),
] as const;

/** One purchase as finance and Vercel's support need it. */
export interface Purchase extends Pick<Receipt, (typeof MONEY | typeof TRACES)[number]> {
  readonly outcome: Outcome;
  /** What it was before a person's word, as far as that is on record. */
  readonly settled?: Outcome | undefined;
  /** Vercel's word where it gave one, for people. */
  readonly status?: string | undefined;
  /** When Vercel made it, else when it went on record; ISO 8601 as far as Vercel answers so. */
  readonly time?: string | undefined;
  /** Where its own time is on no record, as of an earlier attempt: it was made before this. */
  readonly before?: string | undefined;
  readonly urn?: string | undefined;
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  /** As far as the journal says so. */
  readonly organization?: string | undefined;
  /** Absent where it was left to the token. */
  readonly team?: string | undefined;
  readonly creditType?: string | undefined;
  /** Dollars ordered. */
  readonly amount?: number | undefined;
  readonly attempt?: number | undefined;
  readonly order?: string | undefined;
  /** Why it did not buy, or why nobody knows. */
  readonly cause?: Cause | undefined;
  /** Why its record can't be trusted: it is taken as unknown. */
  readonly altered?: string | undefined;
  /** The address, where it was made at one of this machine: no money moved. */
  readonly sandbox?: string | undefined;
  /** Which of its values are secret, and not in the export that it was read from. */
  readonly secret?: readonly string[];
}

/** Where it is listed: in the totals, separately, or as not charged. */
export function listingOf({ outcome }: Pick<Purchase, "outcome">): Meaning["receipts"] {
  return MEANING[outcome].receipts;
}

const text = z.string().optional().catch(undefined);
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  created: text,
  modified: text,
  outputs: z.record(z.string(), z.unknown()).optional(),
});
const resources = z.object({ resources: z.array(resourceSchema).nullish() });
/** What `pulumi stack export` prints, and the file that a backend keeps. */
const stackSchema = z.union([
  z.looseObject({ deployment: resources }).transform(({ deployment }) => deployment),
  z
    .looseObject({ checkpoint: z.looseObject({ latest: resources }) })
    .transform(({ checkpoint }) => checkpoint.latest),
]);

/** A resource of a stack, with its outputs. */
export type StackResource = z.infer<typeof resourceSchema>;

/** The resources that a stack's export holds. Throws an Error in words where it is none. */
export function resourcesOf(stack: string): StackResource[] {
  let json: unknown;
  try {
    json = JSON.parse(stack, (_key, value) => revealed(value));
  } catch {
    throw new Error(
      stack.trimStart().startsWith("{")
        ? "it was cut off, or is mixed up with something else"
        : "it is not JSON",
    );
  }
  const parsed = stackSchema.safeParse(json);
  if (!parsed.success) throw new Error("it is not what `pulumi stack export` prints");
  return parsed.data.resources ?? [];
}

/** A secret of a state as `pulumi stack export --show-secrets` writes it, or without that, the word that it is one. */
const secretSchema = z.object({
  "4dabf18193072939515e22adb298388d": z.literal("1b47061264138c4ac30d75fd1eb44270"),
  plaintext: z.string().optional(),
});

/** What stands for a secret in an export without `--show-secrets`. */
const SECRET = "[secret]";

function revealed(value: unknown): unknown {
  const secret = typeof value === "object" ? secretSchema.safeParse(value).data : undefined;
  if (secret === undefined) return value;
  return secret.plaintext === undefined ? SECRET : JSON.parse(secret.plaintext);
}

const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** Every purchase on record in a stack, and what earlier attempts of them came to, oldest first. */
export function purchasesOfStack(stack: string): Purchase[] {
  return resourcesOf(stack)
    .filter(({ type }) => type === TYPE)
    .flatMap(({ urn, created, modified, outputs = {} }) => {
      const { stack: stackName, project, name: ofUrn } = partsOfUrn(urn);
      const last = readPurchase(outputs);
      const name = last.name ?? ofUrn;
      const onRecord = isoTime(modified ?? created);
      const attempts: [PurchaseState, unknown][] = [
        ...last.earlierAttempts.map((state, i): [PurchaseState, unknown] => [
          state,
          (outputs.__earlierAttempts as unknown[])[i],
        ]),
        [last, outputs],
      ];
      return attempts.map(([state, written]) => {
        // The state says when the last one went on record, and nothing of those before.
        const time = state.receipt.createdAt ?? (state === last ? onRecord : undefined);
        const before = time === undefined ? (last.receipt.createdAt ?? onRecord) : undefined;
        const where = { urn, name, project, stack: stackName, time, ...(before !== undefined && { before }) };
        const secret = secretsOf(written);
        return { ...purchaseOf(state, where), ...(secret.length > 0 && { secret }) };
      });
    })
    .toSorted(byTime);
}

/** To the millisecond, as Vercel's own times are. */
function isoTime(time: string | undefined): string | undefined {
  const date = new Date(time ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function purchaseOf(
  state: PurchaseState,
  where: Pick<Purchase, "urn" | "name" | "project" | "stack" | "time" | "before">,
): Purchase {
  const { outcome, altered, settled, status, order, receipt, cause, sandbox } = state;
  const { team, creditType, amount, attempt } = state.arguments;
  return {
    ...{ outcome, settled, status, ...where, team, creditType, amount, attempt },
    ...factsOf(receipt),
    ...{ order: order?.orderId, cause, altered, sandbox },
  };
}

/** What can be secret of a purchase, and is missed where it is. */
const MISSED = ["outcome", "team", "creditType", "amount", ...MONEY, "intentId", "__earlierAttempts"];

function secretsOf(outputs: unknown): string[] {
  return isObject(outputs) ? MISSED.filter((key) => outputs[key] === SECRET) : [];
}

/** Whether a stack's export hides values of purchases, so that amounts or earlier attempts may be missing. */
export function hidesSecrets(stack: string): boolean {
  return resourcesOf(stack)
    .filter(({ type }) => type === TYPE)
    .some(({ outputs = {} }) => {
      const { __provider, ...ours } = outputs;
      return Object.values(ours).includes(SECRET);
    });
}

/** The same from a journal, which knows of purchases that no state has. */
export function purchasesOfJournal(books: readonly JournaledPurchase[]): Purchase[] {
  return books
    .map((one) => ({
      ...{
        outcome: one.outcome,
        settled: one.settled,
        status: one.status,
        time: one.receipt.createdAt ?? one.time,
      },
      ...{ urn: one.identity?.urn, name: one.name, project: one.project, stack: one.stack },
      organization: one.identity?.organization,
      ...{ team: one.team, creditType: one.creditType, amount: one.amount, attempt: one.attempt },
      ...factsOf(one.receipt),
      ...{ order: one.order, cause: one.cause, sandbox: one.sandbox },
    }))
    .toSorted(byTime);
}

function factsOf(receipt: Receipt): Pick<Purchase, (typeof MONEY | typeof TRACES)[number]> {
  const facts = [...MONEY, ...TRACES].map((key) => [key, receipt[key]] as const);
  return Object.fromEntries(facts.filter(([, value]) => value !== undefined));
}

function byTime(a: Purchase, b: Purchase): number {
  return (a.time ?? a.before ?? "").localeCompare(b.time ?? b.before ?? "");
}
