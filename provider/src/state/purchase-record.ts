import { z } from "zod";
import { OUTCOMES } from "../domain/outcome";
import { causeSchema } from "../domain/result";
import { orderReferenceSchema } from "./order-reference";

/** `__record` of a purchase's outputs: what rules need beside the outcome, and people don't. */
export const purchaseRecordSchema = z.looseObject({
  /** The order that the outcome belongs to. */
  order: orderReferenceSchema,
  /** The facts behind `reason`. */
  cause: causeSchema.optional().catch(undefined),
  /** Of a person's word: what the outcome was before it. */
  settled: z.enum(OUTCOMES).optional(),
  /** Of a person's word: the ids that Vercel gave before it. */
  vercelIds: z.array(z.string()).optional(),
  /** The journal could not keep the completion; the next update writes it. */
  completionMissing: z.literal(true).optional(),
  /** A higher attempt that what the journal knew has stopped. */
  stoppedAttempt: z.number().optional(),
  /** `team` came from the configuration or the environment, not from the program. */
  teamIsDefault: z.literal(true).optional(),
});
export type PurchaseRecord = z.infer<typeof purchaseRecordSchema>;
