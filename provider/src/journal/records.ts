import { z } from "zod";
import { snapshotSchema } from "../domain/balance-snapshot";
import { OUTCOMES } from "../domain/outcome";
import { writerSchema } from "../domain/process-identity";
import { causeSchema } from "../domain/result";
import { identitySchema } from "../state/order-reference";

/** What every record holds: when and by whom it was written, and by what its writer knows it again. */
const common = { time: z.string(), process: writerSchema, nonce: z.string() };

const orderArguments = z.looseObject({
  creditType: z.string(),
  /** US dollars, in the clear also where the program calls it a secret. */
  amount: z.number(),
  team: z.string().optional(),
  source: z.string().optional(),
  attempt: z.number(),
});
export type RecordedArguments = z.infer<typeof orderArguments>;

/** What is said of an order in its opening and in its intent record. */
const about = {
  order: z.string(),
  name: z.string().optional(),
  identity: identitySchema.optional(),
  arguments: orderArguments,
  /** The balance when the order was opened, for a person who has to find out how it ended. */
  balance: snapshotSchema.optional().catch(undefined),
};

/** `journal.<N>`: marks a folder as this journal. A copy of it holds the same marker at another place. */
export const markerSchema = z.looseObject({ ...common, journal: z.string(), place: z.string() });

/** `opening.<month>.<endpoint>.<N>`: an order was opened. An entry in the log of its month. */
export const openingSchema = z.looseObject({ ...common, ...about, journal: z.string() });
export type Opening = z.infer<typeof openingSchema>;

/**
 * `intent.<identity>.<N>`: written before the one request of an order leaves. It is the claim on the purchase: whoever
 * finds it sends nothing.
 */
export const intentSchema = z.looseObject({
  ...common,
  ...about,
  /** The lease: the longest that the request can be under way. */
  until: z.string(),
  /** It claims the purchase by a person's word alone: no request left under it, and none may. */
  unsent: z.literal(true).optional(),
});
export type Intent = z.infer<typeof intentSchema>;

/** The same name, taken in its place: the order was never sent, and now can't be. */
export const closingSchema = z.looseObject({
  ...common,
  closed: z.string(),
  /** Whether it was written where the order was opened: elsewhere an intent record may exist all the same. */
  proof: z.boolean(),
  /** The purchase stands otherwise: no other order is opened in its place by itself. */
  unneeded: z.literal(true).optional(),
});

export const claimSchema = z.union([closingSchema, intentSchema]);
export type Claim = z.infer<typeof claimSchema>;

/** `<order>.completion`: what came of the request. */
export const completionSchema = z.looseObject({
  ...common,
  order: z.string(),
  arguments: orderArguments.optional().catch(undefined),
  outcome: z.enum(OUTCOMES).exclude(["adopted", "withdrawn"]),
  /** Vercel's own word, for people. */
  status: z.string().optional(),
  receipt: z.record(z.string(), z.unknown()),
  cause: causeSchema.optional().catch(undefined),
});
export type Completion = z.infer<typeof completionSchema>;

/** `<order>.resolution.<N>`: a person's word; the last one counts. */
export const resolutionSchema = z.looseObject({
  ...common,
  order: z.string(),
  adopted: z.string().optional(),
  withdrawn: z.literal(true).optional(),
});
export type Resolution = z.infer<typeof resolutionSchema>;

/** `<order>.forgotten` and `<order>.known`: its record left the state on purpose; a person knows of a double charge. */
export const noteSchema = z.looseObject({ ...common, order: z.string() });

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
