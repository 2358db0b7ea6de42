import type { Snapshot } from "../domain/balance-snapshot";
import { MEANING, type Outcome, statusOf, type VercelWord } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { Cause } from "../domain/result";
import { sandboxOf } from "../domain/sandbox";
import { partsOfUrn } from "../domain/urn";
import { identityKey, type OrderReference, type PurchaseIdentity } from "../state/order-reference";
import { Claims, isClosing } from "./claims";
import { readEarlierBooks } from "./earlier-books";
import { withWord, wordOf } from "./knowledge";
import { Markers } from "./marker";
import {
  type Completion,
  claimSchema,
  completionSchema,
  type Intent,
  noteSchema,
  type Opening,
  openingSchema,
  parse,
  type Resolution,
  resolutionSchema,
  TORN,
} from "./records";
import type { JournalStore } from "./store";

/** One order as a person reads about it: what was ordered, and what came of it. Money is text exactly as answered. */
export interface JournaledPurchase {
  readonly order: string;
  readonly identity?: PurchaseIdentity | undefined;
  /** The address, where it is one of this machine: it was not bought at Vercel. */
  readonly sandbox?: string | undefined;
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  readonly team?: string | undefined;
  readonly creditType?: string | undefined;
  /** Dollars asked for. */
  readonly amount?: number | undefined;
  readonly attempt?: number | undefined;
  /** When its request was about to leave, else when it was opened. */
  readonly time?: string | undefined;
  readonly host?: string | undefined;
  /** A person's word where there is one; `unknown` without a completion; `notSent` where no request left. */
  readonly outcome: Outcome;
  readonly status?: string | undefined;
  readonly receipt: Receipt;
  readonly cause?: Cause | undefined;
  /** What it was before a person's word. */
  readonly settled?: Outcome | undefined;
  readonly requestLeft: boolean;
  /** It may have charged, or still can, and nobody has settled it. */
  readonly unresolved: boolean;
  readonly forgotten: boolean;
  /** Another order for the same purchase charged, too, and neither was forgotten in between. */
  readonly doubleCharge: boolean;
  /** A person said that the double charge is known. */
  readonly known: boolean;
  /** The balance when it was opened, where one could be read. */
  readonly balance?: Snapshot | undefined;
  /** How a state would remember it. */
  readonly reference: OrderReference;
}

interface OrderRecords {
  opening?: Opening | undefined;
  /** The name of its opening record. */
  entry?: string;
  intent?: Intent | undefined;
  /** Which of the claims on its purchase its intent record is. */
  claimNumber?: number;
  completion?: Completion | typeof TORN | undefined;
  resolutions: Resolution[];
  forgotten?: boolean;
  known?: boolean;
  /** A claim on its purchase can't be read, and may be its own: it was not closed. */
  maybeClaimed?: boolean;
  /** An intent record of a later try of the same purchase, under a higher attempt. */
  superseded?: boolean;
}

/**
 * Everything in a journal, a purchase for each order, oldest first, of this version and earlier ones.
 *
 * @param store With its records in memory (`readWhole`): each is read on its own.
 */
export async function readBooks(store: JournalStore): Promise<JournaledPurchase[]> {
  const orders = new Map<string, OrderRecords>();
  const of = (order: string): OrderRecords => {
    const found = orders.get(order) ?? { resolutions: [] };
    orders.set(order, found);
    return found;
  };
  const names = (await store.names()).toSorted(new Intl.Collator("en", { numeric: true }).compare);
  const seen = { torn: new Set<string>(), closed: new Set<string>() };
  for (const name of names) await readRecord(store, name, of, seen);
  markSuperseded([...orders.values()]);
  const markers = new Markers(store);
  for (const [order, { opening, ...records }] of orders) {
    if (opening === undefined || records.intent !== undefined || seen.closed.has(order)) continue;
    const isTorn =
      opening.identity !== undefined && seen.torn.has(new Claims(store, opening.identity).prefix);
    // What is missing from a copy may be in the original.
    const isCopied = (await markers.standing(opening.journal)) !== "original";
    of(order).maybeClaimed = isTorn || isCopied;
  }
  const earlier = await readEarlierBooks(store, (order) => orders.get(order)?.resolutions.at(-1));
  for (const { order } of earlier) orders.delete(order);
  const all = [...earlier, ...[...orders].map(([order, records]) => purchaseOf(order, records))];
  return markDoubleCharges(all).toSorted((a, b) => (a.time ?? "").localeCompare(b.time ?? ""));
}

async function readRecord(
  store: JournalStore,
  name: string,
  of: (order: string) => OrderRecords,
  seen: { readonly torn: Set<string>; readonly closed: Set<string> },
): Promise<void> {
  const [, order = "", kind] =
    /^(order_[^.]+)\.(completion|resolution|forgotten|known)(\.\d+)?$/.exec(name) ?? [];
  if (name.startsWith("opening.")) {
    const opening = parse(openingSchema, await store.read(name));
    if (opening !== undefined && opening !== TORN) Object.assign(of(opening.order), { opening, entry: name });
  } else if (name.startsWith("intent.")) {
    const claim = parse(claimSchema, await store.read(name));
    if (claim === TORN) seen.torn.add(name.replace(/\.\d+$/, ""));
    else if (claim !== undefined && isClosing(claim)) {
      if (claim.proof) seen.closed.add(claim.closed);
    } else if (claim !== undefined) {
      Object.assign(of(claim.order), {
        intent: claim as Intent,
        claimNumber: Number(/\d+$/.exec(name)?.[0]),
      });
    }
  } else if (kind === "completion") {
    of(order).completion = parse(completionSchema, await store.read(name));
  } else if (kind === "resolution") {
    const resolution = parse(resolutionSchema, await store.read(name));
    if (resolution !== undefined && resolution !== TORN) of(order).resolutions.push(resolution);
  } else if (kind === "forgotten") {
    of(order).forgotten = parse(noteSchema, await store.read(name)) !== undefined;
  } else if (kind === "known") {
    of(order).known = true;
  }
}

/** A person gave an order up where a later one for the same purchase was sent under a higher attempt. */
function markSuperseded(orders: readonly OrderRecords[]): void {
  const sent = orders.filter(({ intent }) => intent?.identity !== undefined);
  for (const same of Map.groupBy(sent, ({ intent }) => keyOf(intent?.identity)).values()) {
    let highest = Number.NEGATIVE_INFINITY;
    // From the last claim on: one before it that has a higher attempt was forgotten in between.
    for (const order of same.toSorted((a, b) => (b.claimNumber ?? 0) - (a.claimNumber ?? 0))) {
      const attempt = order.intent?.arguments.attempt ?? highest;
      order.superseded = attempt < highest;
      highest = Math.max(highest, attempt);
    }
  }
}

function purchaseOf(order: string, records: OrderRecords): JournaledPurchase {
  const { opening, entry, intent, completion, resolutions, superseded } = records;
  const { forgotten = false, known = false, maybeClaimed = false } = records;
  const about = intent ?? opening;
  const { project, stack } = partsOfUrn(about?.identity?.urn ?? "");
  const result = completion === TORN ? undefined : completion;
  const resolution = resolutions.at(-1);
  const isSent = intent !== undefined && !intent.unsent;
  const mayHaveLeft = isSent || completion === TORN || maybeClaimed;
  const ended: Outcome = result?.outcome ?? (mayHaveLeft ? "unknown" : "notSent");
  const { outcome, settled, adopted } = withWord(ended, resolution && wordOf(resolution));
  const receipt = (result?.receipt ?? {}) as Receipt;
  return {
    order,
    identity: about?.identity,
    sandbox: sandboxOf(about?.identity?.endpoint),
    project,
    stack,
    name: about?.name,
    team: about?.arguments.team,
    creditType: about?.arguments.creditType,
    amount: about?.arguments.amount,
    attempt: about?.arguments.attempt,
    time: about?.time ?? result?.time,
    host: about?.process.host,
    outcome,
    status: statusOf(outcome, result?.status as VercelWord | undefined),
    receipt: adopted === undefined ? receipt : { ...receipt, intentId: adopted },
    cause: result?.cause,
    settled,
    requestLeft: isSent && ended !== "notSent",
    unresolved: MEANING[outcome].destroy === "refuses" && superseded !== true && !forgotten,
    forgotten,
    doubleCharge: false,
    known,
    balance: about?.balance,
    reference: {
      orderId: order,
      attempt: about?.arguments.attempt ?? 1,
      ...(about?.identity && { identity: about.identity }),
      ...(opening && entry !== undefined && { journal: { id: opening.journal, entry } }),
    },
  };
}

/**
 * Orders for one purchase that charged, as Vercel or a person says, and that no forgetting lies between. It is known once a
 * person has said so of all of them but one.
 */
function markDoubleCharges(purchases: readonly JournaledPurchase[]): JournaledPurchase[] {
  const charged = purchases.filter(
    ({ outcome, forgotten, identity }) =>
      MEANING[outcome].money === "charged" && !forgotten && identity !== undefined,
  );
  const byIdentity = Map.groupBy(charged, ({ identity }) => keyOf(identity));
  const idOf = ({ receipt, order }: JournaledPurchase) => receipt.intentId ?? order;
  return purchases.map((one) => {
    const same = byIdentity.get(keyOf(one.identity)) ?? [];
    // Two orders that a person says were one purchase charged once.
    const doubleCharge = same.includes(one) && new Set(same.map(idOf)).size > 1;
    const isKnown = doubleCharge && same.filter(({ known }) => !known).length <= 1;
    return { ...one, doubleCharge, known: one.known || isKnown };
  });
}

function keyOf(identity: PurchaseIdentity | undefined): string {
  return identity === undefined ? "" : identityKey(identity);
}
