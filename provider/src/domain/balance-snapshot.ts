import { z } from "zod";

/** A balance at one moment, as an order keeps it. */
export type Snapshot = z.infer<typeof snapshotSchema>;
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
export const snapshotSchema = z.looseObject({
  creditType: z.enum(["gateway", "v0"]),
  /** When it was read, ISO 8601. */
  at: z.string(),
  balance: decimal,
  /** Of the AI Gateway. */
  totalUsed: decimal.optional(),
  /** Of v0: when each was bought, and how much. */
  blocks: z
    .array(z.looseObject({ effectiveDate: z.string().optional(), originalBalance: decimal }))
    .optional(),
});
