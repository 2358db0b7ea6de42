import { z } from "zod";
import { cutTo, printable } from "../domain/messages";
import { present } from "../domain/objects";
import type { VercelWord } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import { storable, storableText } from "../domain/storable";
import { jsonOf } from "../http/json";

/** An answer to the request that buys: what is kept of it, and the parts that it is judged by. */
export interface Answer {
  readonly receipt: Receipt;
  readonly parts: Parts;
}

/** What an answer can consist of. An answer that means anything has exactly one part. */
export interface Parts {
  /** False where the body is no JSON object: then it has no part. */
  readonly isObject: boolean;
  readonly intents: readonly Intent[];
  readonly checkout?: Checkout | undefined;
  readonly error?: VercelError | undefined;
}

export interface Intent {
  /** The key under which it was answered. */
  readonly kind: string;
  /** Whether the endpoint's page knows this kind. */
  readonly isDocumented: boolean;
  /** Undefined where there is none, or none that is a text. */
  readonly status: VercelWord | undefined;
}

/** Where both are absent, there is something in its place that can't be read. */
export interface Checkout {
  readonly id: string | undefined;
  readonly url: string | undefined;
}

/** `{"code","message"}`; what of it is no text is absent. */
export interface VercelError {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** An answer that is Vercel's own error, and nothing besides. */
export type LoneError = Parts & { readonly error: VercelError & { readonly code: string } };

export function isLoneError(parts: Parts): parts is LoneError {
  return parts.error?.code !== undefined && numberOfParts(parts) === 1;
}

export function numberOfParts({ intents, checkout, error }: Parts): number {
  return intents.length + (checkout === undefined ? 0 : 1) + (error === undefined ? 0 : 1);
}

/**
 * The codes by which a 402 says that the payment was not made. Vercel's steps are create, confirm and complete:
 * `purchase_complete_failed` comes after the payment was confirmed, and is not one of them.
 */
export const PAYMENT_NOT_MADE: ReadonlySet<string> = new Set([
  "payment_failed",
  "missing_stripe_customer",
  "missing_subscription",
  "already_on_plan",
  "invalid_status",
  "invalid_plan",
  "invalid_plan_iteration",
  "invalid_v0_subscription",
  "purchase_create_failed",
  "purchase_create_hosted_failed",
  "purchase_confirm_failed",
]);

/**
 * Reads a body as far as it can be read. It never throws: whatever can't be read is still kept in
 * `receipt.answer`.
 */
export function readAnswer(body: string, requestId?: string): Answer {
  const answer = objectOf(body);
  const receipt = {
    ...(answer && receiptOf(answer)),
    requestId: requestId === undefined ? undefined : storableText(requestId),
    answer: answer ?? asText(body),
  };
  return { receipt: present(receipt) as Receipt, parts: partsOf(answer) };
}

/** The parts of an answer, also of one that was kept by an earlier version. */
export function partsOf(answer: Record<string, unknown> | undefined): Parts {
  if (answer === undefined) return { isObject: false, intents: [] };
  const checkout = CHECKOUT_KEYS.some((key) => isThere(answer[key])) && checkoutSchema.parse(answer);
  return {
    isObject: true,
    intents: intentKeys(answer).map((kind) => ({
      kind: printable(kind),
      isDocumented: DOCUMENTED.includes(kind),
      status: intentOf(answer[kind]).status as VercelWord | undefined,
    })),
    ...(checkout && { checkout: { id: checkout.checkoutSessionId, url: checkout.checkoutSessionUrl } }),
    ...(isThere(answer.error) && { error: errorSchema.parse(answer.error) }),
  };
}

const DOCUMENTED = ["purchaseIntent", "orbSubscriptionIntent"];
const CHECKOUT_KEYS = ["checkoutSessionId", "checkoutSessionUrl"];

/**
 * The keys under which an answer holds an intent, those of the page first. The schema behind the endpoint changes often:
 * a kind that is new is an intent, too, by its name, or else by its shape.
 */
function intentKeys(answer: Record<string, unknown>): string[] {
  const others = Object.keys(answer).filter(
    (key) => !DOCUMENTED.includes(key) && !CHECKOUT_KEYS.includes(key) && key !== "error",
  );
  const named = [
    ...DOCUMENTED.filter((key) => isThere(answer[key])),
    ...others.filter(
      (key) => /intent$/i.test(key) && typeof answer[key] === "object" && isThere(answer[key]),
    ),
  ];
  return named.length > 0 ? named : others.filter((key) => looksLikeAnIntent(answer[key]));
}

function looksLikeAnIntent(value: unknown): boolean {
  return typeof value === "object" && value !== null && "id" in value && "status" in value;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A text that says something, as answered. */
const word = z
  .string()
  .min(1)
  .transform((value) => printable(value))
  .optional()
  .catch(undefined);

/** The same; a number (never documented, but harmless) as the digits it was sent with. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => printable(value))
  .optional()
  .catch(undefined);

/**
 * The parts of an intent that are read. Nothing is required and nothing else is refused: a field that is new or missing
 * must not turn a purchase into an error.
 */
const intentSchema = z.looseObject({
  id: text,
  status: word,
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

const checkoutSchema = z.looseObject({ checkoutSessionId: word, checkoutSessionUrl: word });

const errorSchema = z
  .object({ code: word, message: text })
  .catch({ code: undefined, message: undefined })
  .transform(({ code, message }): VercelError => ({ code, message }));

function intentOf(value: unknown): Partial<z.infer<typeof intentSchema>> {
  return intentSchema.safeParse(value).data ?? {};
}

/** What the outputs keep of an answer's first intent, and of its checkout session. */
function receiptOf(answer: Record<string, unknown>): { [K in keyof Receipt]: Receipt[K] | undefined } {
  const [kind] = intentKeys(answer);
  const intent = kind === undefined ? {} : intentOf(answer[kind]);
  const { checkoutSessionId, checkoutSessionUrl } = checkoutSchema.parse(answer);
  const isCheckout = checkoutSessionId !== undefined || checkoutSessionUrl !== undefined;
  return {
    intentKind: kind === undefined ? (isCheckout ? "checkoutSession" : undefined) : printable(kind),
    intentId: intent.id,
    purchaseIntentId: intent.purchaseIntentId,
    orbSubscriptionId: intent.orbSubscriptionId,
    checkoutSessionId,
    checkoutSessionUrl,
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
  };
}

/** The body as an object that can be stored in a stack's state and comes back the same; undefined where it is none. */
function objectOf(body: string): Record<string, unknown> | undefined {
  const parsed = jsonOf(body);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  return storable(parsed) as Record<string, unknown>;
}

/** Enough for a person to see what came instead of an answer. */
const LONGEST_TEXT = 16 * 1024;

function asText(body: string): { text: string } | undefined {
  return body === "" ? undefined : { text: storableText(cutTo(body, LONGEST_TEXT)) };
}
