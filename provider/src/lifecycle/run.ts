import type { dynamic } from "@pulumi/pulumi";
import { type ArmedOrder, ArmedOrders } from "../charge/armed-orders";
import { Charges, overBudget, type Surroundings, type Wanted } from "../charge/charge";
import { FileStore } from "../journal/file-store";
import { Journal } from "../journal/journal";
import type { JournalStore } from "../journal/store";
import { Settings } from "../settings";
import { endWithEngine, engineIsGone } from "./engine";

/** What a run needs from outside. */
export interface RunSurroundings extends Surroundings {
  store(folder: string): JournalStore;
}

const REAL: RunSurroundings = {
  // Loaded when it is needed, so that previews and updates that buy nothing don't pay for the HTTP client.
  buy: async (order, endpoint) => (await import("../charge/vercel-api.js")).buy(order, endpoint),
  engineIsGone,
  store: (folder) => new FileStore(folder),
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
  charge(order: ArmedOrder) {
    return this.#charges.charge(order, this.settings, this.journal);
  }

  /** The purchase of this update whose outcome is unknown, if there is one: then nothing more may be sent. */
  get unsettled(): string | undefined {
    return this.#charges.unsettled;
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
