import type { Outcome } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { JournaledPurchase } from "./books";
import { earlierOutcomeSchema, earlierResult, earlierSentSchema, earlierSettledSchema } from "./earlier";
import { withWord, wordOf } from "./knowledge";
import { parse, type Resolution, TORN } from "./records";
import type { JournalStore } from "./store";

/** What version 0.1 left in a journal's folder. */
export async function readEarlierBooks(
  store: JournalStore,
  resolutionOf: (order: string) => Resolution | undefined,
): Promise<JournaledPurchase[]> {
  const names = (await store.names()).map(
    (name) => /^(order_[^.]+)\.(sent|outcome|settled)$/.exec(name)?.[1],
  );
  const orders = [...new Set(names.filter((name) => name !== undefined))];
  return (await Promise.all(orders.map((order) => readOrder(store, order, resolutionOf(order))))).filter(
    (one) => one !== undefined,
  );
}

async function readOrder(
  store: JournalStore,
  order: string,
  resolution: Resolution | undefined,
): Promise<JournaledPurchase | undefined> {
  const sent = whole(parse(earlierSentSchema, await store.read(`${order}.sent`)));
  const outcome = whole(parse(earlierOutcomeSchema, await store.read(`${order}.outcome`)));
  const settled = whole(parse(earlierSettledSchema, await store.read(`${order}.settled`)));
  if (sent?.withdrawnFor !== undefined) return undefined; // never sent
  const result = outcome && earlierResult(outcome);
  const ended: Outcome = result?.outcome ?? "unknown";
  const said = resolution ?? (settled?.adopted === undefined ? undefined : settled);
  const { adopted, ...came } = withWord(ended, said && wordOf(said));
  return {
    order,
    name: sent?.name,
    project: sent?.project,
    team: sent?.arguments?.team,
    creditType: sent?.arguments?.creditType,
    amount: sent?.arguments?.amount,
    attempt: sent?.arguments?.attempt,
    time: sent?.time ?? outcome?.time,
    host: sent?.process.host,
    ...came,
    status: came.settled === undefined ? outcome?.status : came.outcome,
    receipt: { ...(result?.receipt as Receipt), ...(adopted !== undefined && { intentId: adopted }) },
    requestLeft: true,
    unresolved: ended === "unknown" && came.settled === undefined && settled?.next === undefined,
    forgotten: false,
    doubleCharge: false,
    known: false,
    reference: { orderId: order, attempt: sent?.arguments?.attempt ?? 1 },
  };
}

function whole<T extends object>(record: T | typeof TORN | undefined): T | undefined {
  return record === TORN ? undefined : record;
}
