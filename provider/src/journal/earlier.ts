import { z } from "zod";
import type { AttemptOutcome, VercelWord } from "../domain/outcome";
import { writerSchema } from "../domain/process-identity";
import type { Result } from "../domain/result";
import { readPurchase } from "../state/purchase-state";
import { type Lease, leaseOf } from "./claims";
import { type Knowledge, vercelIdsOf } from "./knowledge";
import { parse, TORN } from "./records";
import type { JournalStore } from "./store";

// Journals of version 0.1. They are read and never written. An order of theirs has no opening record of its own, so
// nothing that is missing proves anything.

const common = { order: z.string(), time: z.string(), process: writerSchema };

/** `<order>.sent`: written before the request left, or in its place, where another order was opened instead. */
export const earlierSentSchema = z.looseObject({
  ...common,
  withdrawnFor: z.string().optional(),
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
  until: z.string().optional(),
});

/** `<order>.outcome`: what came of it. */
export const earlierOutcomeSchema = z.looseObject({
  ...common,
  status: z.string(),
  receipt: z.record(z.string(), z.unknown()),
  reason: z.string().optional(),
});

/** `<order>.settled`: a person's word, or the order that was opened in its place. */
export const earlierSettledSchema = z.looseObject({
  ...common,
  adopted: z.string().optional(),
  next: z.string().optional(),
});

/** More orders than one purchase can have; a longer chain is broken. */
const LONGEST_CHAIN = 1000;

/** What such a journal knows of an order, or of the one that was opened in its place. */
export async function knowledgeOfEarlier(
  store: JournalStore,
  orderId: string,
  orders = 0,
): Promise<Knowledge> {
  const outcome = parse(earlierOutcomeSchema, await store.read(`${orderId}.outcome`));
  const settled = parse(earlierSettledSchema, await store.read(`${orderId}.settled`));
  const sent = parse(earlierSentSchema, await store.read(`${orderId}.sent`));
  const intent = sent === TORN ? undefined : sent;
  const result = outcome === undefined || outcome === TORN ? undefined : earlierResult(outcome);
  const about = {
    order: orderId,
    ordered: intent?.arguments,
    time: intent?.time,
    vercelIds: result === undefined ? [] : vercelIdsOf(result),
  };
  if (result?.outcome === "bought") return { kind: "completed", result, ...about };
  if (settled === TORN || sent === TORN || orders > LONGEST_CHAIN) return { kind: "inDoubt", ...about };
  const next = settled?.next ?? intent?.withdrawnFor;
  if (next !== undefined) return knowledgeOfEarlier(store, next, orders + 1);
  if (settled?.adopted !== undefined) {
    const settles = result?.outcome ?? "unknown";
    return { kind: "resolved", resolution: { adopted: settled.adopted }, settled: settles, ...about };
  }
  if (result !== undefined) return { kind: "completed", result, ...about };
  if (intent === undefined && outcome === undefined) return { kind: "nothing" };
  return { kind: "inDoubt", lease: intent && earlierLease(intent), ...about };
}

export function earlierResult(outcome: z.infer<typeof earlierOutcomeSchema>): Result {
  const { status, receipt, reason } = outcome;
  return {
    outcome: readPurchase({ ...receipt, status, reason }).outcome as AttemptOutcome,
    status: status as VercelWord,
    receipt,
  };
}

function earlierLease({ until, process }: z.infer<typeof earlierSentSchema>): Lease | undefined {
  return until === undefined ? undefined : leaseOf({ until, process } as Parameters<typeof leaseOf>[0]);
}
