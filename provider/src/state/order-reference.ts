import { z } from "zod";
import { snapshotSchema } from "../domain/balance-snapshot";
import { sandboxOf } from "../domain/sandbox";

/** Which purchase an order was opened for, in the same words on every machine. */
export const identitySchema = z.looseObject({
  /** The address of the endpoint. */
  endpoint: z.string(),
  organization: z.string(),
  /** As the program computes it. */
  urn: z.string(),
});
export type PurchaseIdentity = z.infer<typeof identitySchema>;

/** The same text for the same purchase, and for no other. */
export function identityKey({ endpoint, organization, urn }: PurchaseIdentity): string {
  return JSON.stringify([endpoint, organization, urn]);
}

/** An order as a state remembers it: enough to ask a journal about it. */
export const orderReferenceSchema = z.looseObject({
  orderId: z.string(),
  attempt: z.number(),
  identity: identitySchema.optional(),
  /** In which journal it was opened, and the name of its opening record there. None where there was no journal. */
  journal: z.looseObject({ id: z.string(), entry: z.string() }).optional(),
  /** It was made for `adopt` or `withdraw`, or was blocked: no request may ever be sent for it. */
  unarmed: z.literal(true).optional(),
  /** Of an earlier version: the signature in the journal that it was opened under. */
  signature: z.string().optional(),
});
export type OrderReference = z.infer<typeof orderReferenceSchema>;

/** The address that an order was opened for, where it is one of this machine. */
export function sandboxOfOrder(order: Pick<OrderReference, "identity"> | undefined): string | undefined {
  return sandboxOf(order?.identity?.endpoint);
}

/** `__journal` of an order, which its purchase has as an input. */
export const orderJournalSchema = z.looseObject({
  /** Oldest first; the last is the order that the purchase is made under. */
  openings: z.array(orderReferenceSchema),
  balance: snapshotSchema.optional().catch(undefined),
});
export type OrderJournal = z.infer<typeof orderJournalSchema>;

/** The same as earlier versions wrote it; before the journal there was none. */
const earlierJournalSchema = z.looseObject({
  signature: z.string().optional().catch(undefined),
  earlier: z
    .array(z.looseObject({ orderId: z.string(), journal: z.string().optional() }))
    .optional()
    .catch(undefined),
});

/**
 * Every order that was opened for a purchase, oldest first, as a state of this or any earlier version has it.
 *
 * @param journal `__journal` of the order or of the purchase's inputs.
 * @param own The order's own id and attempt: earlier versions don't repeat them in `__journal`. An id that `journal`
 *   leaves out comes last, so that it is asked about, too.
 */
export function openingsOf(
  journal: unknown,
  own: { readonly orderId?: unknown; readonly attempt?: unknown } = {},
): OrderReference[] {
  const { orderId } = own;
  const attempt = typeof own.attempt === "number" ? own.attempt : 1;
  const { data: current } = orderJournalSchema.safeParse(journal);
  if (current) {
    const isListed = typeof orderId !== "string" || current.openings.some((one) => one.orderId === orderId);
    return isListed ? current.openings : [...current.openings, { orderId, attempt }];
  }
  const { signature, earlier = [] } = earlierJournalSchema.safeParse(journal).data ?? {};
  return [
    // Their attempts aren't on record; the first is the lowest that they can have been.
    ...earlier.map((one) => ({
      orderId: one.orderId,
      attempt: 1,
      ...(one.journal !== undefined && { signature: one.journal }),
    })),
    ...(typeof orderId === "string"
      ? [{ orderId, attempt, ...(signature !== undefined && { signature }) }]
      : []),
  ];
}
