import { hostname } from "node:os";
import { z } from "zod";
import { snapshotSchema } from "../balances/evidence";

/** Which process wrote a record. */
export type Writer = z.infer<typeof writerSchema>;
const writerSchema = z.looseObject({ pid: z.number(), host: z.string() });

export const thisProcess: Writer = { pid: process.pid, host: hostname() };

const common = { order: z.string(), time: z.string(), process: writerSchema, nonce: z.string() };

/**
 * `<order>.sent`: written before the one request of an order leaves, or instead of it: then `withdrawnFor` is the
 * order that was opened in its place, and no request may ever be sent under this one.
 */
export const sentSchema = z.looseObject({
  ...common,
  withdrawnFor: z.string().optional(),
  /** With `withdrawnFor`: the attempt of that order. */
  nextAttempt: z.number().optional(),
  /** Which try of the purchase this is: 1 for its first order, 2 for the next, whatever its attempt. */
  try: z.number().optional(),
  name: z.string().optional(),
  project: z.string().optional(),
  arguments: z
    .looseObject({
      creditType: z.string(),
      amount: z.number(),
      team: z.string().optional(),
      attempt: z.number(),
    })
    .optional(),
  /** The balance when the order was opened, for a person who has to find out how it ended. */
  balance: snapshotSchema.optional().catch(undefined),
  /** Until when the request may still be under way. */
  until: z.string().optional(),
});
export type Sent = z.infer<typeof sentSchema>;

/** `<order>.outcome`: what came of the request, as the purchase's outputs keep it. */
export const outcomeSchema = z.looseObject({
  ...common,
  status: z.string(),
  receipt: z.record(z.string(), z.unknown()),
  reason: z.string().optional(),
  news: z.string().optional(),
});
export type OutcomeRecord = z.infer<typeof outcomeSchema>;

/** `<order>.settled`: what a person said, or that another order was opened in its place after it was refused. */
export const settledSchema = z.looseObject({
  ...common,
  adopted: z.string().optional(),
  next: z.string().optional(),
  /** With `next`: the attempt of that order. */
  nextAttempt: z.number().optional(),
});
export type Settled = z.infer<typeof settledSchema>;

/** A record that was cut off while it was written, or isn't ours: it is there, and nothing more is known. */
export const TORN = "torn";

/** A record's text as what it says, or `TORN`. */
export function parse<T extends z.ZodType>(
  schema: T,
  text: string | undefined,
): z.infer<T> | typeof TORN | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return TORN;
  }
}
