import { z } from "zod";
import { parseExactly } from "../http/json";
import { printable } from "../domain/messages";

/**
 * What a purchase's outputs keep of an answer. Money is text exactly as answered; what the answer doesn't have
 * is absent.
 */
export interface Receipt {
  intentKind?: string;
  intentId?: string;
  purchaseIntentId?: string;
  orbSubscriptionId?: string;
  checkoutSessionId?: string;
  checkoutSessionUrl?: string;
  currency?: string;
  subtotal?: string;
  tax?: string;
  total?: string;
  refund?: string;
  ownerId?: string;
  providerType?: string;
  providerResourceId?: string;
  createdAt?: string;
  updatedAt?: string;
  creditsExpireAt?: string;
  requestId?: string;
  /** The whole answer as received, or `{ text }` where it was not a JSON object that can be kept. */
  answer?: Record<string, unknown>;
}

export interface Answer {
  readonly receipt: Receipt;
  /** Vercel's own word for the intent: `succeeded`, `pending`, `failed`, or one that is newer than this code. */
  readonly intentStatus: string | undefined;
  /** From `{"error":{"code","message"}}`. */
  readonly error: { readonly code?: string | undefined; readonly message?: string | undefined } | undefined;
}

/** Text as answered; a number (never documented, but harmless) as the digits it was sent with. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => printable(value))
  .optional()
  .catch(undefined);

/**
 * The parts of an intent that are read. Nothing is required and nothing else is refused: the schema behind this
 * endpoint changes often, and a field that is new or missing must not turn a purchase into an error.
 */
const intentSchema = z.looseObject({
  id: text,
  status: text,
  purchaseIntentId: text,
  orbSubscriptionId: text,
  currency: text,
  subtotal: text,
  tax: text,
  total: text,
  refund: text,
  ownerId: text,
  createdAt: text,
  updatedAt: text,
  provider: z.looseObject({ type: text, resourceId: text }).optional().catch(undefined),
  configuration: z
    .looseObject({ options: z.looseObject({ expirationDate: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const checkoutSchema = z.looseObject({ checkoutSessionId: text, checkoutSessionUrl: text });

const errorSchema = z.looseObject({
  error: z.looseObject({ code: text, message: text }).optional().catch(undefined),
});

/** Documented first, then whatever else looks like an intent. */
const INTENT_KINDS = ["purchaseIntent", "orbSubscriptionIntent"];

/**
 * Reads a body as far as it can be read. It never throws: whatever can't be read is still kept in
 * `receipt.answer`.
 */
export function readAnswer(body: string, requestId?: string): Answer {
  const answer = keepable(body);
  const base = { requestId: requestId && (storable(requestId) as string), answer };
  const intentKind = findIntent(answer);
  if (intentKind !== undefined) {
    const intent = intentSchema.parse(answer?.[intentKind]);
    const receipt = present({
      intentKind: printable(intentKind),
      intentId: intent.id,
      purchaseIntentId: intent.purchaseIntentId,
      orbSubscriptionId: intent.orbSubscriptionId,
      currency: intent.currency,
      subtotal: intent.subtotal,
      tax: intent.tax,
      total: intent.total,
      refund: intent.refund,
      ownerId: intent.ownerId,
      providerType: intent.provider?.type,
      providerResourceId: intent.provider?.resourceId,
      createdAt: intent.createdAt,
      updatedAt: intent.updatedAt,
      creditsExpireAt: intent.configuration?.options?.expirationDate,
      ...base,
    });
    return { receipt, intentStatus: intent.status, error: undefined };
  }
  const checkout = checkoutSchema.safeParse(answer).data;
  if (checkout?.checkoutSessionId || checkout?.checkoutSessionUrl) {
    const { checkoutSessionId, checkoutSessionUrl } = checkout;
    const receipt = present({
      intentKind: "checkoutSession",
      checkoutSessionId,
      checkoutSessionUrl,
      ...base,
    });
    return { receipt, intentStatus: undefined, error: undefined };
  }
  const error = errorSchema.safeParse(answer).data?.error;
  return { receipt: present(base), intentStatus: undefined, error };
}

function findIntent(answer: Record<string, unknown> | undefined): string | undefined {
  if (!answer) return undefined;
  const others = Object.keys(answer).filter((key) => !INTENT_KINDS.includes(key) && key !== "error");
  return [...INTENT_KINDS, ...others].find((key) => {
    const value = answer[key];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return INTENT_KINDS.includes(key) || ("status" in value && "id" in value);
  });
}

/** Enough for a person to see what came instead of an answer. */
const LONGEST_TEXT = 16 * 1024;

/**
 * The body as an object that can be stored in a stack's state and comes back the same, or as `{ text }`.
 * Numbers that JavaScript would round are kept as text.
 */
function keepable(body: string): Record<string, unknown> | undefined {
  if (body === "") return undefined;
  try {
    const parsed: unknown = parseExactly(body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return storable(parsed) as Record<string, unknown>;
    }
  } catch {
    // Not JSON, or nothing that the state can hold: kept as text.
  }
  return { text: body.slice(0, LONGEST_TEXT).replaceAll(PULUMI_MARKERS, "[marker]").toWellFormed() };
}

/**
 * What is deeper is left out: it would exhaust the stack when it is encoded for the engine, and the charge would be
 * lost.
 */
const DEEPEST = 40;

/**
 * Values by which Pulumi marks secrets, assets and unknowns. In an answer they could only be an attack, and
 * would make the engine refuse the outputs, and with them the record of the charge.
 */
const PULUMI_MARKERS =
  /4dabf18193072939515e22adb298388d|04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7|3eeb2bf0-c639-47a8-9e75-3b44932eb421|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a|dd056dcd-154b-4c76-9bd3-c8f88648b5ff/g;

function storable(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return "[too deep]";
  if (typeof value === "string") return value.toWellFormed().replaceAll(PULUMI_MARKERS, "[marker]");
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__proto__")
      .map(([key, item]) => [storable(key, depth), storable(item, depth + 1)]),
  );
}

/** Leaves out what is absent: the engine can't store `undefined`. */
function present(fields: { [K in keyof Receipt]: Receipt[K] | undefined }): Receipt {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
