import type { dynamic } from "@pulumi/pulumi";
import { type Balance, readBalance } from "../balances/balance";
import { type Snapshot, snapshotOf } from "../balances/evidence";
import { type ArmedOrder, ArmedOrders } from "../charge/armed-orders";
import { Charges, overBudget, type Surroundings, TAKEN, type Wanted } from "../charge/charge";
import type { Outcome } from "../charge/outcome";
import type { Reply, Request } from "../http/request";
import { FileStore } from "../journal/file-store";
import { Journal } from "../journal/journal";
import type { JournalStore } from "../journal/store";
import { readOrders, type Try, tryOf } from "../journal/tries";
import { printable } from "../domain/messages";
import type { CreditType } from "../domain/order-arguments";
import { Refusal } from "../domain/refusal";
import { type BalanceType, Settings } from "../settings";
import { endWithEngine, engineIsGone } from "./engine";
import { type Look, lookAt, stopped, whyNot } from "./preflight";

/** What a run needs from outside. */
export interface RunSurroundings extends Surroundings {
  store(folder: string): JournalStore;
  /** Every try that a journal's folder holds. */
  tries(folder: string): Promise<Try[]>;
  /** A request that only reads. */
  ask(request: Request): Promise<Reply>;
}

const REAL: RunSurroundings = {
  // Loaded when it is needed, so that previews and updates that buy nothing don't pay for the HTTP client.
  buy: async (order, endpoint) => (await import("../charge/buy.js")).buy(order, endpoint),
  ask: async (request) => (await import("../http/request.js")).request(request),
  engineIsGone,
  store: (folder) => new FileStore(folder),
  tries: async (folder) =>
    (await readOrders(new FileStore(folder))).map(tryOf).filter((one) => one !== undefined),
};

/**
 * What one provider process knows: one preview or one update. The preview and the update of one `pulumi up` run in
 * two processes; all purchases of an update share one.
 */
export class Run {
  readonly armed = new ArmedOrders();
  readonly #charges: Charges;
  #config: dynamic.Config | undefined;
  #journal: { folder: string; journal: Journal } | undefined;
  /** Dollars that this preview or update would charge, as far as it has come. */
  #planned = 0;
  readonly #balances = new Map<CreditType, Promise<Snapshot | undefined>>();
  /** What was sent by this run. */
  readonly made: Pick<Try, "order" | "team" | "creditType" | "amount" | "status" | "time">[] = [];
  /** The orders that were opened by this run. */
  readonly opened = new Set<string>();
  readonly #looks = new Map<string, Promise<Look>>();
  /** Set by what the program passes along. */
  isPreview = false;
  /** The intents whose record was taken from the journal by this run. */
  readonly takenOver = new Set<string>();

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

  /** The journal of this machine, or undefined where it is off. */
  get journal(): Journal | undefined {
    const folder = this.settings.journalFolder;
    if (folder === undefined) return undefined;
    if (this.#journal?.folder !== folder) {
      this.#journal = { folder, journal: new Journal(this.surroundings.store(folder)) };
    }
    return this.#journal.journal;
  }

  /** Sends the one request of an order that was armed in this run and has just been disarmed. */
  async charge(order: ArmedOrder): Promise<Outcome | typeof TAKEN> {
    const time = new Date().toISOString();
    const outcome = await this.#charges.charge(order, this.settings, this.journal);
    if (outcome !== TAKEN)
      this.made.push({ order: order.orderId, ...order.arguments, status: outcome.status, time });
    return outcome;
  }

  /** Every try on record in the journal of this machine; undefined where it is off. */
  async tries(): Promise<Try[] | undefined> {
    const folder = this.settings.journalFolder;
    return folder === undefined ? undefined : this.surroundings.tries(folder);
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

  /** The purchase of this update whose outcome is unknown, if there is one: then nothing more may be sent. */
  get unsettled(): string | undefined {
    return this.#charges.unsettled;
  }

  /** Throws where a look at the team says that these credits can't be bought. One request per team and update. */
  async preflight(name: string, team: string, creditType: CreditType): Promise<void> {
    if (!this.settings.preflight) return;
    let look = this.#looks.get(team);
    if (look === undefined) {
      look = lookAt(team, this.settings.endpoint(), this.surroundings.ask).then(note);
      this.#looks.set(team, look);
    }
    const why = whyNot(await look, creditType);
    if (why) throw new Refusal(`${name} was not bought. ${stopped(why)}`);
  }

  /** Counts an order that is about to be opened, in a preview too. Says why the stack's budget doesn't allow it. */
  plan(wanted: Wanted): ReturnType<typeof overBudget> {
    const over = overBudget(wanted, this.settings, this.#planned);
    this.#planned += wanted.amount ?? 0;
    return over;
  }

  /** Ends this process once its engine is gone and its last charge has ended and is written down. */
  endWithEngine(): void {
    endWithEngine(() => this.#charges.idle);
  }
}

function note(look: Look): Look {
  if (look.kind === "unclear") {
    console.log(`ℹ️ the look at the team before buying said nothing (${look.what}); the purchase goes on.`);
  }
  return look;
}
