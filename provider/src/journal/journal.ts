import type { Snapshot } from "../domain/balance-snapshot";
import type { OrderArguments } from "../domain/order-arguments";
import type { Outcome, VercelWord } from "../domain/outcome";
import type { Result } from "../domain/result";
import type { OrderReference, PurchaseIdentity } from "../state/order-reference";
import { PACKAGE_VERSION } from "../version";
import {
  asIntent,
  Claims,
  isClosing,
  isClosingOf,
  isIntentOf,
  type Lease,
  leaseFor,
  leaseOf,
} from "./claims";
import { knowledgeOfEarlier } from "./earlier";
import { type Knowledge, type PersonsWord, vercelIdsOf, withWord, wordOf } from "./knowledge";
import { Markers } from "./marker";
import { entryOf, MonthEntries, type MonthUse, referenceOf } from "./month";
import { type NamedText, OpeningLog } from "./opening-log";
import {
  type Completion,
  completionSchema,
  type Intent,
  noteSchema,
  openingSchema,
  parse,
  type RecordedArguments,
  type Resolution,
  resolutionSchema,
  TORN,
} from "./records";
import type { JournalStore } from "./store";
import { write } from "./writing";

/** What is written down of an order when it is opened, and again when its request is about to leave. */
export interface OrderToRecord {
  readonly orderId: string;
  readonly name: string;
  readonly identity: PurchaseIdentity;
  readonly arguments: OrderArguments;
  readonly balance?: Snapshot | undefined;
}

/** Another order for the same purchase, which came first: this one may send nothing. */
export interface ClaimedElsewhere {
  readonly order: string;
  readonly attempt: number | undefined;
  readonly host: string;
  readonly time: string;
  readonly outcome: Outcome;
  readonly settled?: Outcome | undefined;
  readonly intentId?: string | undefined;
  /** The ids that Vercel gave, whatever a person said. */
  readonly vercelIds: readonly string[];
  readonly lease?: Lease | undefined;
  /** A person's word claims it: no request ever left for it. */
  readonly unsent?: true | undefined;
  /** The record's name, where it can't be read. */
  readonly unreadable?: string | undefined;
}

/** What came of opening an order. */
export type Opened =
  | { readonly kind: "opened"; readonly journal: NonNullable<OrderReference["journal"]> }
  /** The month's limit leaves no room for it. */
  | { readonly kind: "no room"; readonly use: MonthUse };

/** What came of claiming a purchase for an order. */
export type Claiming =
  /** The intent record is written: its one request may leave, if it begins before then. */
  | { readonly kind: "claimed"; readonly sendBefore: number }
  | { readonly kind: "claimed elsewhere"; readonly by: ClaimedElsewhere }
  /** Somebody relied on it never having been sent, so it may not be. */
  | { readonly kind: "closed" };

/**
 * What is about to be sent, and what came of it, written down around the one request: it outlives the process, where
 * the stack's state may not have been written.
 *
 * Records are only ever added, and each name is taken by whoever writes it first, so nothing needs a lock. What a record
 * says is true wherever it is found. What is missing says something only in the very journal where it would have been
 * written, and even there only once its place is taken (`close`).
 *
 * Every method throws where the journal can't be read or written: not reachable is not absent.
 */
export class Journal {
  readonly #markers: Markers;
  readonly #log: OpeningLog;
  /** Of a month's orders: what was bought stays so. */
  readonly #bought = new Map<string, Knowledge>();

  constructor(private readonly store: JournalStore) {
    this.#markers = new Markers(store);
    this.#log = new OpeningLog(store);
  }

  /**
   * Records that an order is opened: an entry in the log of its month. How its state finds the record again; or what the month
   * has used, where the limit leaves no room.
   *
   * @param limit The most that the month may charge, in dollars.
   */
  async open(order: OrderToRecord, limit?: number): Promise<Opened> {
    const journal = await this.#markers.current();
    const { endpoint } = order.identity;
    const objection =
      limit === undefined ? undefined : (before: readonly NamedText[]) => this.#noRoom(order, limit, before);
    const added = await this.#log.add(endpoint, { ...aboutOrder(order), journal }, { objection });
    if ("objection" in added) return { kind: "no room", use: added.objection };
    return { kind: "opened", journal: { id: journal, entry: added.name } };
  }

  /** What the month has used by now, as a purchase sees it that looks for room. */
  async month(endpoint: string): Promise<MonthEntries> {
    return this.#monthOf(await this.#log.entries(endpoint));
  }

  async #monthOf(entries: readonly NamedText[]): Promise<MonthEntries> {
    return new MonthEntries(
      await Promise.all(
        entries.map(async ({ name, text }) => {
          const opening = entryOf(name, text);
          const known = this.#bought.get(opening.order) ?? (await this.knows(referenceOf({ name, opening })));
          if (known.kind === "completed" && known.result.outcome === "bought")
            this.#bought.set(opening.order, known);
          return { name, opening, known };
        }),
      ),
    );
  }

  /** What the month has used, where it leaves no room; what was never sent, and whose sender has ended, is closed for it. */
  async #noRoom(
    { identity, arguments: { amount, attempt } }: OrderToRecord,
    limit: number,
    before: readonly NamedText[],
  ): Promise<MonthUse | undefined> {
    const use = (await this.#monthOf(before)).useFor([{ identity, attempt }]);
    let room = limit - use.used - amount;
    if (room < 0) return use;
    // Only as many as are needed, oldest first, until all that count leave room.
    room -= use.closable.reduce((sum, one) => sum + one.amount, 0);
    for (const one of use.closable) {
      if (room >= 0) break;
      if (await this.close(one.order)) room += one.amount;
    }
    return room >= 0 ? undefined : (await this.#monthOf(before)).useFor([{ identity, attempt }]);
  }

  /** Whether another order has the claim, so that one with this attempt may send nothing. */
  async claimedElsewhere(identity: PurchaseIdentity, attempt: number): Promise<ClaimedElsewhere | undefined> {
    const claims = new Claims(this.store, identity);
    return this.#blocks(claims, await claims.all(), attempt);
  }

  /**
   * Claims a purchase for an order by writing its intent record: the last thing before its request leaves.
   *
   * @param secondsAtMost How long the request can be under way.
   */
  async claim(order: OrderToRecord, secondsAtMost: number): Promise<Claiming> {
    const claims = new Claims(this.store, order.identity);
    for (;;) {
      const all = await claims.all();
      if (all.some(isClosingOf(order.orderId))) return { kind: "closed" };
      const by = await this.#blocks(claims, all, order.arguments.attempt);
      if (by) return { kind: "claimed elsewhere", by };
      const { sendBefore, until } = leaseFor(secondsAtMost);
      if (await claims.take(all.length + 1, { ...aboutOrder(order), until })) {
        return { kind: "claimed", sendBefore };
      }
    }
  }

  /**
   * Takes the place of an order's intent record, so that it can't be sent any more, and what relies on that may go on. False
   * where its intent record is there already.
   *
   * @param isUnneeded The purchase stands otherwise, so that no other order is opened in its place by itself.
   */
  async close(order: OrderReference, { isUnneeded = false } = {}): Promise<boolean> {
    if (order.identity === undefined) return true; // of an earlier version: none of its process is left
    const claims = new Claims(this.store, order.identity);
    for (;;) {
      const all = await claims.all();
      if (all.some(isIntentOf(order.orderId))) return false;
      if (all.some(isClosingOf(order.orderId))) return true;
      const proof = await this.#wasOpenedHere(order);
      // It must be on the disk: a number that is lost would hide those after it.
      const record = { closed: order.orderId, proof, ...(isUnneeded && { unneeded: true }) };
      if (await claims.take(all.length + 1, record)) return true;
    }
  }

  /** What came of an order. Should it be lost with the machine's power, the order is in doubt: that fails closed. */
  async complete(
    orderId: string,
    { outcome, status, receipt, cause }: Result,
    ordered?: RecordedArguments,
  ): Promise<void> {
    // Whoever finds the journal could pay there; the state keeps it.
    const { checkoutSessionUrl: _url, answer, ...kept } = receipt;
    const withoutUrl = answer && { answer: { ...answer, checkoutSessionUrl: undefined } };
    const record = {
      order: orderId,
      arguments: ordered,
      outcome,
      status,
      receipt: { ...kept, ...withoutUrl },
      cause,
    };
    await write(this.store, `${orderId}.completion`, record, "lazy");
  }

  /** A person's word about how an order ended. */
  async resolve(orderId: string, word: PersonsWord): Promise<void> {
    for (let number = (await this.#resolutions(orderId)).length + 1; ; number++) {
      if (await write(this.store, `${orderId}.resolution.${number}`, { order: orderId, ...word }, "durable"))
        return;
    }
  }

  /**
   * A person's word about a purchase that this journal knows no order of. It claims the purchase, so that none is sent for it
   * where the state loses its record. While a request for it may be under way, nothing is said: who may be sending.
   */
  async claimByWord(order: OrderToRecord, word: PersonsWord): Promise<Lease | undefined> {
    const claims = new Claims(this.store, order.identity);
    const record = { ...aboutOrder(order), until: new Date().toISOString(), unsent: true };
    for (;;) {
      const all = await claims.all();
      if (all.some(isIntentOf(order.orderId))) break;
      const by = await this.#blocks(claims, all, Number.POSITIVE_INFINITY);
      if (by?.lease) return by.lease;
      if (await claims.take(all.length + 1, record)) break;
    }
    await this.resolve(order.orderId, word);
    return undefined;
  }

  /** The purchase leaves the state on purpose: its claim is released. */
  async forget(orderId: string): Promise<void> {
    await write(this.store, `${orderId}.forgotten`, { order: orderId }, "durable");
  }

  /** A person knows that two orders charged for one purchase. */
  async acknowledge(orderId: string): Promise<void> {
    await write(this.store, `${orderId}.known`, { order: orderId }, "durable");
  }

  async isForgotten(orderId: string): Promise<boolean> {
    return parse(noteSchema, await this.store.read(`${orderId}.forgotten`)) !== undefined;
  }

  /** What is known of an order. */
  async knows(order: OrderReference): Promise<Knowledge> {
    const { orderId, signature } = order;
    if (signature !== undefined) {
      const isOfThis = (await this.store.read(signature))?.includes(signature) ?? false;
      return isOfThis ? this.#knowledgeOfEarlier(orderId) : { kind: "nothing" };
    }
    if (order.journal === undefined) return { kind: "nothing" };
    if ((await this.#markers.standing(order.journal.id)) === "other") return { kind: "nothing" };
    return this.#knowledgeOf(order);
  }

  /** A person's word of today may be about an order of version 0.1. */
  async #knowledgeOfEarlier(orderId: string): Promise<Knowledge> {
    const known = await knowledgeOfEarlier(this.store, orderId);
    const resolution = (await this.#resolutions(orderId)).at(-1);
    if (resolution === undefined || known.kind === "nothing" || known.kind === "neverSent") return known;
    const ended = known.kind === "completed" ? known.result.outcome : "unknown";
    return ended === "bought"
      ? known
      : { ...known, kind: "resolved", resolution: wordOf(resolution), settled: ended };
  }

  async #knowledgeOf(order: OrderReference): Promise<Knowledge> {
    const { orderId, identity } = order;
    const completion = await this.#completion(orderId);
    const result = completion && asResult(completion);
    const vercelIds = result === undefined ? [] : vercelIdsOf(result);
    // What most orders came to, and all that an update without news has to read.
    if (result?.outcome === "bought" && completion?.arguments !== undefined) {
      const { arguments: ordered, time } = completion;
      return { kind: "completed", result, order: orderId, ordered, time, vercelIds };
    }
    const resolution = (await this.#resolutions(orderId)).at(-1);
    const claims = identity === undefined ? [] : await new Claims(this.store, identity).all();
    const intent = asIntent(claims.find(isIntentOf(orderId)));
    const ordered = intent?.arguments ?? completion?.arguments;
    const about = { order: orderId, ordered, time: intent?.time, vercelIds };
    if (resolution !== undefined && result?.outcome !== "bought") {
      const settled = result?.outcome ?? withoutAnswer(intent);
      return { kind: "resolved", resolution: wordOf(resolution), settled, ...about };
    }
    if (result !== undefined) return { kind: "completed", result, ...about };
    const closing = claims.find(isClosingOf(orderId));
    if (closing !== undefined && closing !== TORN && isClosing(closing) && closing.proof) {
      return { kind: "neverSent", isClosed: true, ...(closing.unneeded && { isUnneeded: true }) };
    }
    if (intent?.unsent) return { kind: "neverSent", isClosed: true };
    if (intent !== undefined) return { kind: "inDoubt", lease: leaseOf(intent), ...about };
    // What can't be read may be this order's.
    if (claims.includes(TORN) || (await this.store.read(`${orderId}.completion`)) !== undefined) {
      return { kind: "nothing" };
    }
    return (await this.#wasOpenedHere(order)) ? { kind: "neverSent", isClosed: false } : { kind: "nothing" };
  }

  /** Whether this is the very journal in which an order was opened, and still as it was then. */
  async #wasOpenedHere({ orderId, journal }: OrderReference): Promise<boolean> {
    if (journal === undefined || (await this.#markers.standing(journal.id)) !== "original") return false;
    // Where the opening is missing, the journal was set back to an earlier moment.
    const opening = parse(openingSchema, await this.store.read(journal.entry));
    return opening !== undefined && opening !== TORN && opening.order === orderId;
  }

  /**
   * The last claim that still stands decides: those before it had ended under a lower attempt when it was made. A closing
   * record claims nothing, and what was forgotten or never sent claims nothing any more.
   */
  async #blocks(
    claims: Claims,
    all: Awaited<ReturnType<Claims["all"]>>,
    attempt: number,
  ): Promise<ClaimedElsewhere | undefined> {
    for (const [index, claim] of [...all.entries()].reverse()) {
      if (claim === TORN) return unreadableClaim(claims.nameOf(index + 1));
      const intent = asIntent(claim);
      if (intent === undefined || (await this.isForgotten(intent.order))) continue;
      const by = await this.#holder(intent);
      if (by.outcome === "notSent") continue;
      return by.lease === undefined && intent.arguments.attempt < attempt ? undefined : by;
    }
    return undefined;
  }

  async #holder(intent: Intent): Promise<ClaimedElsewhere> {
    const completion = await this.#completion(intent.order);
    const resolution = (await this.#resolutions(intent.order)).at(-1);
    const result = completion && asResult(completion);
    const ended = result?.outcome ?? withoutAnswer(intent);
    const { adopted, ...came } = withWord(ended, resolution && wordOf(resolution));
    return {
      order: intent.order,
      attempt: intent.arguments.attempt,
      host: intent.process.host,
      time: intent.time,
      ...came,
      intentId: adopted ?? result?.receipt.intentId,
      vercelIds: result === undefined ? [] : vercelIdsOf(result),
      unsent: intent.unsent,
      lease: result === undefined && resolution === undefined ? leaseOf(intent) : undefined,
    };
  }

  async #completion(orderId: string): Promise<Completion | undefined> {
    const completion = parse(completionSchema, await this.store.read(`${orderId}.completion`));
    return completion === TORN ? undefined : completion; // an intent without one is in doubt
  }

  async #resolutions(orderId: string): Promise<Resolution[]> {
    const resolutions: Resolution[] = [];
    for (let number = 1; ; number++) {
      const text = await this.store.read(`${orderId}.resolution.${number}`);
      const resolution = parse(resolutionSchema, text);
      if (resolution === undefined) return resolutions;
      if (resolution !== TORN) resolutions.push(resolution);
    }
  }
}

/** What a record says of the arguments of an order: a person's word is a record of its own. */
export function toRecord({
  adopt: _adopt,
  withdraw: _withdraw,
  ...ordered
}: OrderArguments): RecordedArguments {
  return ordered;
}

function aboutOrder({ orderId, name, identity, arguments: args, balance }: OrderToRecord): object {
  return { order: orderId, name, identity, arguments: toRecord(args), balance, version: PACKAGE_VERSION };
}

function asResult({ outcome, status, receipt, cause }: Completion): Result {
  return { outcome, status: status as VercelWord | undefined, receipt, cause };
}

/** What an order came to that has no completion. */
function withoutAnswer(intent: Intent | undefined): Outcome {
  return intent === undefined || intent.unsent ? "notSent" : "unknown";
}

function unreadableClaim(name: string): ClaimedElsewhere {
  return {
    order: "?",
    attempt: undefined,
    host: "?",
    time: "?",
    outcome: "unknown",
    vercelIds: [],
    unreadable: name,
  };
}
