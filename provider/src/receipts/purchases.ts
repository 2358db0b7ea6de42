import { z } from "zod";
import type { Try } from "../journal/tries";

/**
 * What a purchase means for the books.
 * - `charged`: Vercel said that it succeeded.
 * - `pending`: Vercel took it and has not said how it ended.
 * - `unknown`: nobody knows whether it charged.
 * - `adopted`: a person put it on record; what it cost is not known here.
 * - `did not buy`: refused, failed, or left in a checkout.
 */
export type Standing = "charged" | "pending" | "unknown" | "adopted" | "did not buy";

/** One purchase as the books need it. Money is text exactly as answered. `team` is absent where it was left to the token. */
export interface Purchase extends Pick<Try, "name" | "project" | "team" | "creditType" | "amount"> {
  readonly standing: Standing;
  readonly status: string;
  /** When Vercel made it, else when it went on record; ISO 8601 as far as Vercel answers so. */
  readonly time?: string | undefined;
  readonly stack?: string | undefined;
  readonly order?: string | undefined;
  readonly currency?: string | undefined;
  readonly subtotal?: string | undefined;
  readonly tax?: string | undefined;
  readonly total?: string | undefined;
  /** What had been refunded when Vercel answered. */
  readonly refund?: string | undefined;
  readonly intentId?: string | undefined;
  readonly requestId?: string | undefined;
}

const text = z.string().optional().catch(undefined);
const outputsSchema = z.looseObject({
  __label: text,
  team: text,
  creditType: text,
  amount: z.number().optional().catch(undefined),
  status: z.string().catch("unknown"),
  currency: text,
  subtotal: text,
  tax: text,
  total: text,
  refund: text,
  intentId: text,
  orderId: text,
  requestId: text,
  createdAt: text,
  __earlierAttempts: z.array(z.unknown()).catch([]),
});

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  created: text,
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
    throw new Error("it is no JSON");
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

function revealed(value: unknown): unknown {
  const secret = typeof value === "object" ? secretSchema.safeParse(value).data : undefined;
  if (secret === undefined) return value;
  return secret.plaintext === undefined ? "[secret]" : JSON.parse(secret.plaintext);
}

const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** Every purchase on record in a stack, and what earlier attempts of them came to, oldest first. */
export function purchasesOfStack(stack: string): Purchase[] {
  return resourcesOf(stack)
    .filter(({ type }) => type === TYPE)
    .flatMap(({ urn, created, outputs = {} }) => {
      const [, stackName, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(urn) ?? [];
      const last = outputsSchema.parse(outputs);
      const name = last.__label ?? urn.split("::").at(-1);
      const earlier = last.__earlierAttempts.map((attempt) => outputsSchema.safeParse(attempt).data);
      return [...earlier, last]
        .filter((one) => one !== undefined)
        .map(({ __label, __earlierAttempts, orderId, createdAt, ...one }) =>
          purchase({ ...one, name, project, stack: stackName, order: orderId, time: createdAt ?? created }),
        );
    })
    .toSorted(byTime);
}

/** The same from a journal's tries, which know of purchases that no state has. */
export function purchasesOfJournal(tries: readonly Try[]): Purchase[] {
  return tries
    .map(({ status = "unknown", adopted, ...one }) =>
      purchase({
        ...one,
        status: adopted === undefined ? status : "adopted",
        intentId: adopted ?? one.intentId,
      }),
    )
    .toSorted(byTime);
}

function purchase(of: Omit<Purchase, "standing">): Purchase {
  const { time, name, project, stack, team, creditType, amount, status } = of;
  const { currency, subtotal, tax, total, refund, intentId, order, requestId } = of;
  return {
    standing: standingOf(status),
    ...{ time, name, project, stack, team, creditType, amount, status },
    ...{ currency, subtotal, tax, total, refund, intentId, order, requestId },
  };
}

/** A status that is newer than this package is Vercel's, and not final as far as we know. */
function standingOf(status: string): Standing {
  return STANDINGS[status] ?? "pending";
}

const STANDINGS: Record<string, Standing> = {
  succeeded: "charged",
  adopted: "adopted",
  unknown: "unknown",
  refused: "did not buy",
  failed: "did not buy",
  checkout: "did not buy",
};

function byTime(a: Purchase, b: Purchase): number {
  return (a.time ?? "").localeCompare(b.time ?? "");
}
