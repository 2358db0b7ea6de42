import type { dynamic } from "@pulumi/pulumi";
import { type Balance, readBalance } from "../balances/balance";
import { snapshotOf } from "../balances/evidence";
import { type ArmedOrder, ArmedOrders } from "../charge/armed-orders";
import { type OverCap, overCap, type Wanted } from "../charge/caps";
import { type Charged, Charges, type Surroundings } from "../charge/charge";
import { longestRequestSeconds } from "../charge/limits";
import { UpdateLedger } from "../charge/update-ledger";
import type { Snapshot } from "../domain/balance-snapshot";
import type { JournalAddress } from "../domain/journal-address";
import { NOTHING_CHARGED, printable } from "../domain/messages";
import { type MonthBudget, monthOf, OVER_MONTH, overMonth } from "../domain/month-budget";
import type { CreditType } from "../domain/order-arguments";
import { Refusal } from "../domain/refusal";
import type { Result } from "../domain/result";
import type { Reply, Request } from "../http/request";
import type { JournaledPurchase } from "../journal/books";
import { type ClaimedElsewhere, Journal } from "../journal/journal";
import { type Knowledge, vercelIdsOf } from "../journal/knowledge";
import { type MadeUnder, madeUnder } from "../journal/made-under";
import type { MonthEntries, MonthUse, RoomFor } from "../journal/month";
import type { JournalStore } from "../journal/store";
import { openStore } from "../journal/stores/open";
import { type BalanceType, Settings } from "../settings";
import type { OrderReference } from "../state/order-reference";
import { endWithEngine, engineIsGone, engineKey } from "./engine";
import { type Preflight, preflight, whyNot } from "./preflight";
import { updateHasPlan } from "./update-plan";
import { thenUpAgain } from "./wording";

/** What a run needs from outside. */
export interface RunSurroundings extends Surroundings {
  store(address: JournalAddress): JournalStore;
  ledger(folder: string, longestTurnSeconds: number): UpdateLedger;
  /** Every purchase that a journal holds. */
  books(store: JournalStore): Promise<JournaledPurchase[]>;
  /** Whether the command was given a plan; undefined where that can't be seen. */
  updateHasPlan(): boolean | undefined;
  /** A request that only reads. */
  ask(request: Request): Promise<Reply>;
}

const REAL: RunSurroundings = {
  // Loaded when it is needed, so that previews and updates that buy nothing don't pay for the HTTP client.
  buy: async (order, endpoint, mayStillSend) =>
    (await import("../charge/buy.js")).buy(order.arguments, endpoint, mayStillSend),
  ask: async (request) => (await import("../http/request.js")).request(request),
  engineIsGone,
  updateHasPlan,
  store: openStore,
  ledger: (folder, seconds) => new UpdateLedger(`${folder}/${engineKey()}`, seconds),
  books: async (store) => (await import("../journal/books.js")).readBooks(store),
};

/** What this process found out about a purchase's order, for the purchase, which comes after it. */
export interface OrderStep {
  /** The orders that the state had, oldest first. None where it had no order: there was none, or it was lost or replaced. */
  readonly before: readonly OrderReference[];
  /** Whether it opens another order; a preview only says so. */
  readonly opens: boolean;
  /** Why it opened none though one is wanted: what happened, and what to do. The purchase knows the sentence. */
  readonly problem?: Problem | undefined;
  readonly claimedBy?: ClaimedElsewhere | undefined;
}

export interface Problem {
  readonly what: string;
  readonly firstDo: string;
}

/**
 * What one provider process knows: one preview or one update. The preview and the update of one `pulumi up` run in
 * two processes; all purchases of an update share one, unless an option gives a resource its own.
 */
export class Run {
  readonly armed = new ArmedOrders();
  /** The attempt up to which a person's word has settled how a purchase ended, by purchase. */
  readonly settled = new Map<string, number>();
  readonly #charges: Charges;
  #config: dynamic.Config | undefined;
  #journal: { readonly shown: string; readonly store: JournalStore; readonly journal: Journal } | undefined;
  #ledger: UpdateLedger | undefined;
  /** Dollars that this preview or update would charge, as far as it has come, by purchase. */
  readonly #planned = new Map<string, number>();
  /** What the journal has of this month, for a preview. */
  #month: Promise<MonthEntries> | undefined;
  /** The purchases for which this preview has looked for room. */
  readonly #wanted: RoomFor[] = [];
  readonly #balances = new Map<CreditType, Promise<Snapshot | undefined>>();
  readonly #preflights = new Map<string, Promise<Preflight>>();
  /** What was sent by this run, by order: also where the journal could not keep it. */
  readonly made = new Map<
    string,
    { readonly order: ArmedOrder; readonly result: Result; readonly time: string }
  >();
  /** Said by what the program passes to `check`, which comes before all else. */
  isPreview = false;
  /** By the purchase's URN, or its name. */
  readonly orderSteps = new Map<string, OrderStep>();
  /** The orders whose purchase was seen with an outcome on record, or was forgotten, by this run. */
  readonly seen = new Set<string>();
  /** What this run put on record of a purchase. */
  readonly recorded = new Map<string, { readonly outcome: unknown; readonly intentId: unknown }>();
  /** The purchases that a program declares in this run. A destroy with targets shows what the state has, as if it were one. */
  readonly declared = new Set<string>();
  /** Of those that were seen, the orders whose record says that nothing was sent: a later one can have gone on by itself. */
  readonly seenUnsent = new Set<string>();

  constructor(
    private readonly surroundings: RunSurroundings = REAL,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {
    this.#charges = new Charges(surroundings);
  }

  /**
   * Keeps the stack's configuration. It is read and judged where it is used, never here: the engine's first calls
   * may run before an asynchronous `configure` has ended, and after a failed one they run all the same.
   */
  readonly configure = async (request: dynamic.ConfigureRequest): Promise<void> => {
    this.#config = request.config;
  };

  get settings(): Settings {
    return new Settings((key) => this.#config?.get(key), this.env);
  }

  /** The address that is configured, where it is one of this machine. One that is not allowed is refused where it is used. */
  get sandbox(): string | undefined {
    try {
      return this.settings.sandbox;
    } catch {
      return undefined;
    }
  }

  updateHasPlan(): boolean | undefined {
    return this.surroundings.updateHasPlan();
  }

  /** The stack's journal, or undefined where it is off. */
  get journal(): Journal | undefined {
    return this.#opened()?.journal;
  }

  #opened() {
    const address = this.settings.journal;
    if (address === undefined) return undefined;
    if (this.#journal?.shown !== address.shown) {
      const store = this.surroundings.store(address);
      this.#journal = { shown: address.shown, store, journal: new Journal(store) };
    }
    return this.#journal;
  }

  /**
   * What is known of an order: by this run, else by the journal. Throws where the journal can't be reached, which is
   * not the same as knowing nothing.
   */
  async knows(order: OrderReference | undefined): Promise<Knowledge> {
    if (order === undefined) return { kind: "nothing" };
    const made = this.made.get(order.orderId);
    if (made !== undefined) {
      return {
        kind: "completed",
        order: order.orderId,
        result: made.result,
        ordered: { ...made.order.arguments },
        time: made.time,
        vercelIds: vercelIdsOf(made.result),
      };
    }
    if (order.unarmed) return { kind: "neverSent", isClosed: true };
    return (await this.journal?.knows(order)) ?? { kind: "nothing" };
  }

  /** Sends the one request of an order that was armed in this run and has just been disarmed. */
  async charge(order: ArmedOrder): Promise<Charged> {
    const time = new Date().toISOString();
    const { journal } = this;
    const charged = await this.#charges.charge(order, this.settings, {
      journal,
      ledger: this.#updateLedger(),
    });
    if (charged.kind === "ended") this.made.set(order.orderId, { order, result: charged.result, time });
    return charged;
  }

  #updateLedger(): UpdateLedger {
    const { settings } = this;
    this.#ledger ??= this.surroundings.ledger(
      settings.updatesFolder,
      longestRequestSeconds({ timeoutSeconds: settings.timeoutSeconds }),
    );
    return this.#ledger;
  }

  /** Every purchase on record in the stack's journal; undefined where it is off. */
  async books(): Promise<JournaledPurchase[] | undefined> {
    const opened = this.#opened();
    return opened && this.surroundings.books(opened.store);
  }

  /** The purchases that the stack's journal has under an id; none where it is off. Throws where it can't be read. */
  async madeUnder(id: string): Promise<MadeUnder[]> {
    const opened = this.#opened();
    return opened === undefined ? [] : madeUnder(opened.store, id);
  }

  /** The balance of these credits now; undefined where there is no key, or no such balance. Throws where it can't be read. */
  async balance(creditType: CreditType): Promise<Balance | undefined> {
    const source = this.settings.balanceSource(creditType);
    return source && readBalance(source.creditType, source, this.surroundings.ask);
  }

  /**
   * The same, for an order that is about to be opened: read once for all orders of an update. Undefined where it can't
   * be read, which stops nothing.
   */
  balanceAtOpening(creditType: CreditType): Promise<Snapshot | undefined> {
    let read = this.#balances.get(creditType);
    if (read === undefined) {
      read = this.balance(creditType).then(
        (balance) => balance && snapshotOf(creditType as BalanceType, balance),
        (error: Error) => {
          console.log(`ℹ️ ${printable(error.message, 300)}; the purchase goes on.`);
          return undefined;
        },
      );
      this.#balances.set(creditType, read);
    }
    return read;
  }

  /** The purchase of this process whose outcome is unknown, if there is one: then nothing more may be sent. */
  get inDoubt(): string | undefined {
    return this.#charges.inDoubt;
  }

  /** Why these credits can't be bought for a team, as far as a read can tell. One request per team and update. */
  async preflight(team: string, creditType: CreditType): Promise<Problem | undefined> {
    if (!this.settings.preflight) return undefined;
    let check = this.#preflights.get(team);
    if (check === undefined) {
      check = preflight(team, this.settings.endpoint(), this.surroundings.ask).then(note);
      this.#preflights.set(team, check);
    }
    const why = whyNot(await check, creditType);
    return why && { what: why.why, firstDo: why.firstDo };
  }

  /** Counts an order that is about to be opened, in a preview too. Says why the stack's caps don't allow it. */
  plan(purchase: string, wanted: Wanted): OverCap | undefined {
    this.#planned.delete(purchase);
    const before = this.#plannedInAll();
    this.#planned.set(purchase, wanted.amount ?? 0);
    return overCap(wanted, this.settings, before);
  }

  /** How the month's budget stands with all that this preview has come to, as one purchase sees it; undefined without a limit. */
  async monthBudget(wanted: RoomFor): Promise<MonthBudget | undefined> {
    const limit = this.settings.maxAmountPerMonth;
    const { journal } = this;
    if (limit === undefined || journal === undefined) return undefined;
    this.#month ??= journal.month(wanted.identity.endpoint);
    this.#month.catch(() => {
      this.#month = undefined;
    });
    this.#wanted.push(wanted);
    const { used, uncertain } = (await this.#month).useFor(this.#wanted);
    return { ...this.#thisMonth, used, uncertain, planned: this.#plannedInAll(), limit };
  }

  /** Why the month leaves no room for an order that is about to be opened. */
  overMonth(amount: number, { used, uncertain }: MonthUse): Problem {
    const limit = this.settings.maxAmountPerMonth ?? 0;
    const budget = { ...this.#thisMonth, used, uncertain, planned: amount, limit };
    return { what: overMonth(amount, budget), firstDo: OVER_MONTH };
  }

  get #thisMonth() {
    return { month: monthOf(new Date()), isSandbox: this.sandbox !== undefined };
  }

  #plannedInAll(): number {
    return [...this.#planned.values()].reduce((sum, amount) => sum + amount, 0);
  }

  /** Ends this process once its engine is gone and its last charge has ended and is written down. */
  endWithEngine(): void {
    endWithEngine(() => this.#charges.idle);
  }
}

/** A problem that stops before anything was kept, of a purchase that has no order in the state. */
export function refusal(name: string, { what, firstDo }: Problem, sentence = NOTHING_CHARGED): Refusal {
  return new Refusal(`${name} was not bought. ${what}`, thenUpAgain(firstDo), sentence);
}

function note(check: Preflight): Preflight {
  if (check.kind === "unclear") {
    console.log(`ℹ️ preflight check inconclusive (${check.what}); the purchase goes on.`);
  }
  return check;
}
