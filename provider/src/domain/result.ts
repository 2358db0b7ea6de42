import { z } from "zod";
import type { AttemptOutcome, VercelWord } from "./outcome";
import type { Receipt } from "./receipt";

/**
 * Why an attempt did not buy, or why nobody knows: facts, from which the messages are written. No rule goes by it.
 */
export const causeSchema = z.discriminatedUnion("kind", [
  /** No byte left: name not resolved, connection or certificate refused. */
  z.looseObject({ kind: z.literal("notConnected"), problem: z.string() }),
  /** The request left, and no answer came. */
  z.looseObject({ kind: z.literal("noAnswer"), problem: z.string() }),
  /** An answer that did not buy, or can't be told. */
  z.looseObject({
    kind: z.literal("answer"),
    httpStatus: z.number(),
    code: z.string().optional(),
    message: z.string().optional(),
    /** Why a 2xx, or a body that is not whole, can't be read. */
    problem: z.string().optional(),
  }),
  /** The stack's caps don't allow it. `why` names argument and cap. */
  z.looseObject({ kind: z.literal("overCap"), why: z.string() }),
  /** An earlier purchase of the same update is in doubt. */
  z.looseObject({ kind: z.literal("afterDoubt"), purchase: z.string() }),
  /** The `pulumi` that asked for it has ended. */
  z.looseObject({ kind: z.literal("commandEnded") }),
  /** This process was suspended for so long that its lease no longer covers a request. */
  z.looseObject({ kind: z.literal("leaseEnded") }),
  /** A record that has to be there before the request leaves can't be written. */
  z.looseObject({ kind: z.literal("notWritable"), what: z.enum(["journal", "update"]), problem: z.string() }),
  /** Its run was cut short, and left no outcome. `leftAt`: when its request was about to leave, as the journal has it. */
  z.looseObject({ kind: z.literal("cutShort"), order: z.string(), leftAt: z.string().optional() }),
  /** It was opened in place of another order, of which nobody here knows what came of it. */
  z.looseObject({ kind: z.literal("orderReplaced") }),
  /** A transform or ignoreChanges changed the purchase alone. */
  z.looseObject({ kind: z.literal("argumentsDiffer"), purchase: z.string(), order: z.string() }),
]);
export type Cause = z.infer<typeof causeSchema>;

/** What one attempt came to. */
export interface Result {
  readonly outcome: AttemptOutcome;
  /** Vercel's own word, where it gave one. */
  readonly status?: VercelWord | undefined;
  readonly receipt: Receipt;
  /** Absent where it bought. */
  readonly cause?: Cause | undefined;
}
