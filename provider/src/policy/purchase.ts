import { isOutcome, MEANING } from "../domain/outcome";

/** The type of a purchase, as the engine names it to policies. */
const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** Also one that a program has put under another type: a dynamic resource with what our own check adds. */
export function isPurchase({ type, props }: { type: string; props: Record<string, unknown> }): boolean {
  if (type === TYPE) return true;
  const isDynamic = type.startsWith("pulumi-nodejs:dynamic/") && !type.endsWith("vercel:PurchaseOrder");
  return isDynamic && ["creditType", "amount", "orderId", "summary"].every((key) => key in props);
}

/** What a preview doesn't know yet. `@pulumi/policy` throws where such a value is read. */
export const NOT_KNOWN = Symbol("not known yet");

/** A property of a purchase; never what lets a policy be skipped, as an unknown value would. */
export function read(props: Record<string, unknown>, key: string): unknown {
  try {
    return props[key];
  } catch {
    return NOT_KNOWN;
  }
}

/**
 * Whether a purchase is on record, and no request is sent for it in this preview or update: then a limit that came later
 * can't change what it is. The provider says so in its check; whatever can't be read is new.
 */
export function isOnRecord(props: Record<string, unknown>): boolean {
  return read(props, "onRecord") === true;
}

/** Whole US dollars: 1 credit is 1 dollar, before tax. Undefined where it isn't known. */
export function dollarsOf(props: Record<string, unknown>): number | undefined {
  const amount = read(props, "amount");
  return typeof amount === "number" ? amount : undefined;
}

/** The same for the policies of a whole stack, which see outputs: what will be sent has no outcome yet. */
export function hasOutcome(props: Record<string, unknown>): boolean {
  return isOutcome(read(props, "outcome"));
}

/**
 * Whether a purchase costs nothing: it has an outcome that says so, and this preview or update sends nothing for it, for
 * then there would be no outcome yet. Whatever can't be read counts.
 */
export function costsNothing(props: Record<string, unknown>): boolean {
  const outcome = read(props, "outcome");
  return isOutcome(outcome) && !MEANING[outcome].counts;
}
