import { randomUUID } from "node:crypto";
import type { ArmedOrder } from "../charge/armed-orders";
import type { Outcome } from "../charge/outcome";
import { PACKAGE_VERSION } from "../version";
import {
  type OutcomeRecord,
  outcomeSchema,
  parse,
  type Sent,
  sentSchema,
  settledSchema,
  TORN,
  thisProcess,
  type Writer,
} from "./records";
import type { JournalStore } from "./store";

/** An order as the state remembers it. */
export interface OrderReference {
  readonly orderId: string;
  /** The signature in the journal under which it was opened; none where there was no journal. */
  readonly journal?: string;
}

/** What a journal knows of an order, or of the one that was opened in its place. */
export type Knowledge =
  /** Nothing: the order was opened under another journal, or none. */
  | { readonly verdict: "silent" }
  | (Known &
      /** No request was sent for it. `holder` may be about to. */
      (
        | { readonly verdict: "unsent"; readonly holder?: Writer | undefined }
        /** A request may have left, and no answer is recorded. `holder` may still be waiting for one. */
        | { readonly verdict: "open"; readonly sent?: Sent | undefined; readonly holder?: Writer | undefined }
        | { readonly verdict: "ended"; readonly outcome: Outcome; readonly sent?: Sent | undefined }
        | { readonly verdict: "adopted"; readonly intentId: string }
      ));

interface Known {
  /** The order that it is about: the last one that was opened in place of another. */
  readonly orderId: string;
  /** The attempt of the last order that was opened in place of another: a person's word that those before bought nothing. */
  readonly attempt?: number | undefined;
}

/** More orders than one purchase can have; a longer chain is broken. */
const LONGEST_CHAIN = 1000;

/**
 * What was sent, and what came of it, written down around the one request: it outlives the process, where the
 * stack's state may not have been written.
 *
 * It only adds knowledge. What prevents a second charge is the order in the state: a journal's word alone never lets a
 * request leave, it only lets a *new* order be opened, which the engine writes down first. So a copy of a journal that
 * was made too early can do no harm: it doesn't hold the signature of the newer order.
 */
export class Journal {
  #signature: Promise<string> | undefined;
  /** Those that were found in it. */
  readonly #signatures = new Set<string>();

  constructor(private readonly store: JournalStore) {}

  /** Signs the journal, once per process, so that the orders opened by it can be told from those of another. */
  sign(): Promise<string> {
    this.#signature ??= this.#writeSignature().catch((error) => {
      this.#signature = undefined;
      throw error;
    });
    return this.#signature;
  }

  async #writeSignature(): Promise<string> {
    const signature = `journal_${randomUUID()}`;
    await this.#write(signature, { journal: signature, version: PACKAGE_VERSION });
    return signature;
  }

  /** Before the request leaves. False where another process was first: then nothing may be sent. */
  sent(order: ArmedOrder, secondsAtMost: number): Promise<boolean> {
    return this.#write(`${order.orderId}.sent`, {
      order: order.orderId,
      try: order.try,
      name: order.name,
      ...(process.env.PULUMI_PROJECT && { project: process.env.PULUMI_PROJECT }),
      arguments: order.arguments,
      ...(order.balance && { balance: order.balance }),
      until: new Date(Date.now() + secondsAtMost * 1000).toISOString(),
    });
  }

  /** After it, whatever came of it. */
  async ended(orderId: string, outcome: Outcome): Promise<void> {
    await this.#write(`${orderId}.outcome`, { order: orderId, ...outcome });
  }

  /** A person found the purchase elsewhere. */
  async adopted(order: OrderReference, intentId: string): Promise<void> {
    if (!(await this.#maySpeakOf(order))) return;
    await this.#write(`${order.orderId}.settled`, { order: order.orderId, adopted: intentId });
  }

  /**
   * Gives up an order for a new one. False where another process did so first. An order whose request hasn't left is
   * given up in the very record that would say it had, so that it can't leave any more.
   */
  giveUp(known: Knowledge, next: { orderId: string; attempt: number }): Promise<boolean> {
    if (known.verdict === "silent") return Promise.resolve(true);
    const order = known.orderId;
    return known.verdict === "unsent"
      ? this.#write(`${order}.sent`, { order, withdrawnFor: next.orderId, nextAttempt: next.attempt })
      : this.#write(`${order}.settled`, { order, next: next.orderId, nextAttempt: next.attempt });
  }

  /** What is known of an order, from its own journal only. */
  async knows(order: OrderReference): Promise<Knowledge> {
    return (await this.#maySpeakOf(order)) ? this.#follow(order.orderId) : { verdict: "silent" };
  }

  async #maySpeakOf({ journal }: OrderReference): Promise<boolean> {
    if (journal === undefined) return false;
    if (this.#signatures.has(journal)) return true;
    const isSigned = (await this.store.read(journal))?.includes(journal) ?? false;
    if (isSigned) this.#signatures.add(journal);
    return isSigned;
  }

  async #follow(
    orderId: string,
    before: { holder?: Writer | undefined; attempt?: number | undefined; orders: number } = { orders: 0 },
  ): Promise<Knowledge> {
    const about = { orderId, ...(before.attempt !== undefined && { attempt: before.attempt }) };
    const outcome = parse(outcomeSchema, await this.store.read(`${orderId}.outcome`));
    const isEnded = outcome !== undefined && outcome !== TORN;
    // A charge that came to light late outweighs what a person said before.
    const isLast = isEnded && isCharged(outcome);
    const settled = isLast ? undefined : parse(settledSchema, await this.store.read(`${orderId}.settled`));
    const sent = parse(sentSchema, await this.store.read(`${orderId}.sent`));
    const ended = (): Knowledge => ({
      ...about,
      verdict: "ended",
      outcome: asOutcome(outcome as OutcomeRecord),
      ...(sent !== TORN && { sent }),
    });
    if (isLast) return ended();
    if (settled === TORN || sent === TORN || before.orders > LONGEST_CHAIN)
      return { ...about, verdict: "open" };
    const next = settled?.next ?? sent?.withdrawnFor;
    if (next !== undefined) {
      const opening = settled?.next === undefined ? (sent as Sent) : settled;
      const attempt = Math.max(before.attempt ?? 0, opening.nextAttempt ?? 0);
      return this.#follow(next, { holder: holderOf(opening), attempt, orders: before.orders + 1 });
    }
    if (settled?.adopted !== undefined) return { ...about, verdict: "adopted", intentId: settled.adopted };
    if (isEnded) return ended();
    if (sent === undefined && outcome === undefined) {
      return { ...about, verdict: "unsent", holder: before.holder };
    }
    return { ...about, verdict: "open", sent, holder: sent && holderOf(sent) };
  }

  /** True where the record is ours, also where the store could not say so (a lost answer of a network file system). */
  async #write(name: string, fields: object): Promise<boolean> {
    const nonce = randomUUID();
    const record = { ...fields, time: new Date().toISOString(), process: thisProcess, nonce };
    if (await this.store.createIfAbsent(name, `${JSON.stringify(record, undefined, 2)}\n`)) return true;
    return (await this.store.read(name))?.includes(nonce) ?? false;
  }
}

/** Nothing was charged, for certain, and nothing can be later: another try is free. */
export function provesNothingCharged(known: Knowledge): known is Knowledge & { orderId: string } {
  return known.verdict === "unsent" || (known.verdict === "ended" && known.outcome.status === "refused");
}

/** The card was charged, for certain. */
export function provesCharged(known: Knowledge): boolean {
  return known.verdict === "ended" && isCharged(known.outcome);
}

/** How long a process can take from opening an order to sending its request. */
const LONGEST_OPEN_MS = 10 * 60_000;

/** The process that wrote a record, as long as it can still be at it: later, its number may be another's. */
function holderOf(record: { process: Writer; time: string; until?: string | undefined }): Writer | undefined {
  const until =
    record.until === undefined ? Date.parse(record.time) + LONGEST_OPEN_MS : Date.parse(record.until);
  return Date.now() < until ? record.process : undefined;
}

function isCharged({ status, reason }: { status: string; reason?: string | undefined }): boolean {
  return status === "succeeded" && reason === undefined;
}

function asOutcome({ status, receipt, reason, news }: OutcomeRecord): Outcome {
  return { status, receipt, ...(reason !== undefined && { reason }), ...(news !== undefined && { news }) };
}
