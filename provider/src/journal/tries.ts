import type { Others, Snapshot } from "../balances/evidence";
import type { FileStore } from "./file-store";
import {
  type OutcomeRecord,
  outcomeSchema,
  parse,
  type Sent,
  type Settled,
  sentSchema,
  settledSchema,
  TORN,
} from "./records";

/** One request that left, or may have, as a person reads about it. Money is text exactly as answered. */
export interface Try {
  readonly order: string;
  /** Which try of the purchase it was. */
  readonly try?: number | undefined;
  readonly attempt?: number | undefined;
  readonly time?: string | undefined;
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly team?: string | undefined;
  readonly creditType?: string | undefined;
  /** Dollars asked for. */
  readonly amount?: number | undefined;
  /** As the purchase's own outputs have it; absent where no answer is recorded. */
  readonly status?: string | undefined;
  readonly intentId?: string | undefined;
  readonly subtotal?: string | undefined;
  readonly tax?: string | undefined;
  readonly total?: string | undefined;
  readonly refund?: string | undefined;
  readonly currency?: string | undefined;
  readonly requestId?: string | undefined;
  readonly reason?: string | undefined;
  /** Nobody knows whether it charged, and nobody has settled it. */
  readonly unresolved: boolean;
  /** The id that a person found it under. */
  readonly adopted?: string | undefined;
  /** The order that was opened in its place. */
  readonly next?: string | undefined;
  /** The balance when it was opened, where one could be read. */
  readonly balance?: Snapshot | undefined;
}

/** What is compared of tries. */
type Purchase = Pick<Try, "order" | "creditType" | "team" | "amount" | "status" | "time" | "adopted">;

/** The other purchases of the same credits for the same team that were sent since a moment. */
export function othersSince(
  tries: readonly Purchase[],
  { order, creditType, team }: Pick<Try, "order" | "creditType" | "team">,
  since: string,
): Omit<Others, "isComplete"> {
  const others = tries.filter(
    (one) =>
      one.order !== order &&
      one.creditType === creditType &&
      one.team === team &&
      (one.time ?? since) >= since,
  );
  const amounts = (which: (one: Purchase) => boolean) => others.filter(which).map(({ amount = 0 }) => amount);
  const isCharged = ({ status, adopted }: Purchase) => status === "succeeded" || adopted !== undefined;
  const didNotBuy = ({ status = "" }: Purchase) => ["refused", "failed", "checkout"].includes(status);
  return {
    charged: amounts(isCharged),
    doubtful: amounts((one) => !isCharged(one) && !didNotBuy(one)),
  };
}

/** All that is recorded of one order. */
export interface OrderRecords {
  readonly order: string;
  readonly sent: Sent | typeof TORN | undefined;
  readonly outcome: OutcomeRecord | typeof TORN | undefined;
  readonly settled: Settled | typeof TORN | undefined;
}

const RECORD = /^(.+)\.(sent|outcome|settled)$/;

/** Everything in a journal's folder, an entry for each order, oldest first. */
export async function readOrders(store: FileStore): Promise<OrderRecords[]> {
  const names = store
    .names()
    .map((name) => RECORD.exec(name)?.[1])
    .filter((name) => name !== undefined);
  const orders = await Promise.all([...new Set(names)].map((order) => readOrder(store, order)));
  return orders.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)));
}

async function readOrder(store: FileStore, order: string): Promise<OrderRecords> {
  return {
    order,
    sent: parse(sentSchema, await store.read(`${order}.sent`)),
    outcome: parse(outcomeSchema, await store.read(`${order}.outcome`)),
    settled: parse(settledSchema, await store.read(`${order}.settled`)),
  };
}

function timeOf({ sent, outcome }: OrderRecords): string {
  return whole(sent)?.time ?? whole(outcome)?.time ?? "";
}

/** An order as a try, or undefined where no request can have left under it. */
export function tryOf({ order, sent, outcome, settled }: OrderRecords): Try | undefined {
  if (sent === undefined && outcome === undefined) return undefined;
  if (whole(sent)?.withdrawnFor !== undefined) return undefined;
  const { arguments: args, name, project, time, try: number, balance } = whole(sent) ?? {};
  const { status, receipt = {}, reason } = whole(outcome) ?? {};
  const { adopted, next } = whole(settled) ?? {};
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    order,
    try: number,
    attempt: args?.attempt,
    time: time ?? whole(outcome)?.time,
    name,
    project,
    team: args?.team,
    creditType: args?.creditType,
    amount: args?.amount,
    status,
    intentId: text(receipt.intentId),
    subtotal: text(receipt.subtotal),
    tax: text(receipt.tax),
    total: text(receipt.total),
    refund: text(receipt.refund),
    currency: text(receipt.currency),
    requestId: text(receipt.requestId),
    reason,
    unresolved: (status === undefined || status === "unknown") && adopted === undefined && next === undefined,
    adopted,
    next,
    balance,
  };
}

function whole<T extends object>(record: T | typeof TORN | undefined): T | undefined {
  return record === TORN ? undefined : record;
}
