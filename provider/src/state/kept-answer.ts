/** What a kept answer proves. `undefined`: nothing that an earlier version's record could be believed for. */
export type Proven = "failed" | "checkout" | "refused" | undefined;

/** What Vercel's answer holds, as far as the answers table looks at it. */
interface Parts {
  readonly intents: readonly { readonly kind: string; readonly id: unknown; readonly status: unknown }[];
  readonly hasCheckout: boolean;
  /** `undefined` where there is no error; its code may be anything. */
  readonly error: { readonly code: unknown } | undefined;
}

/**
 * Judges the answer that an earlier version kept in its outputs, without the HTTP status, which it didn't keep: so a
 * refusal is only what a 402 may say, since these codes mean the same under any status.
 */
export function provenBy(answer: unknown): Proven {
  const { intents, hasCheckout, error } = partsOf(answer);
  if (intents.length + Number(hasCheckout) + Number(error !== undefined) !== 1) return undefined;
  const [intent] = intents;
  if (intent) return isDocumented(intent.kind) && intent.status === "failed" ? "failed" : undefined;
  if (hasCheckout) return "checkout";
  return REFUSED_WITH_402.has(error?.code) ? "refused" : undefined;
}

/** The ids that Vercel gave in a kept answer, and its own words for the intents. */
export function intentsOf(answer: unknown): { readonly ids: string[]; readonly words: string[] } {
  const isText = (value: unknown) => typeof value === "string";
  const { intents } = partsOf(answer);
  return {
    ids: intents.map(({ id }) => id).filter(isText),
    words: intents.map(({ status }) => status).filter(isText),
  };
}

/** The two kinds of intents that Vercel documents. */
export function isDocumented(intentKind: unknown): boolean {
  return intentKind === "purchaseIntent" || intentKind === "orbSubscriptionIntent";
}

const REFUSED_WITH_402 = new Set<unknown>([
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

/** The one place here that reads an answer. */
function partsOf(answer: unknown): Parts {
  const body = asObject(answer) ?? {};
  const has = (key: string) => body[key] !== undefined && body[key] !== null;
  const named = Object.keys(body).filter((key) => {
    if (isDocumented(key)) return has(key);
    return key.endsWith("Intent") && asObject(body[key]) !== undefined;
  });
  const looksLikeOne = (key: string) => {
    const value = asObject(body[key]);
    return key !== "error" && value !== undefined && "id" in value && "status" in value;
  };
  const kinds = named.length > 0 ? named : Object.keys(body).filter(looksLikeOne);
  return {
    intents: kinds.map((kind) => ({
      kind,
      id: asObject(body[kind])?.id,
      status: asObject(body[kind])?.status,
    })),
    hasCheckout: has("checkoutSessionId") || has("checkoutSessionUrl"),
    error: has("error") ? { code: asObject(body.error)?.code } : undefined,
  };
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
