import type { Reply } from "../../provider/src/http/request";
import { isCharge, isNamed, isRefused, type Request, replyTo } from "./endpoint";
import * as engine from "./engine";
import type { Act, Machine, Up } from "./history";
import { Disk, ProviderProcess, Turns } from "./machine";

/** One purchase as a person means it, in all stacks that are copies of one another. */
interface Purchase {
  readonly requests: Request[];
  /** Each attempt that a person raised, in each stack; one purchase more for each. */
  readonly raises: Set<string>;
  /** Whether all its updates wrote one journal, and none failed to. */
  journaled: boolean;
}

interface Stack extends engine.Stack {
  readonly id: number;
  /** The journal of the machine it is used on. */
  readonly folder: string;
  of: Purchase;
}

export class Violation extends Error {}

/** What the run at hand printed. */
export const printed: string[] = [];

/** All that outlives a process: stacks, journals, and what the endpoint saw. Judges each step of a history. */
export class World {
  readonly #turns = new Turns();
  readonly #disks = new Map<string, Disk>();
  readonly #requests: (Request & { readonly isJournaled: boolean })[] = [];
  /** Those that have been on record in a state. */
  readonly #seen = new Set<Request>();
  /** Records that a person removed. */
  readonly #forgotten: unknown[] = [];
  readonly #stacks: Stack[] = [newStack()];
  #violation: Violation | undefined;
  #ids = 0;

  async play(history: readonly Act[]): Promise<void> {
    for (const act of history) {
      await this.#play(act);
      this.#look();
    }
    await this.#turns.play();
    this.#expectRecords();
    if (this.#violation) throw this.#violation;
  }

  /** Where the last order was refused, or never used, one more update buys, with nothing changed. */
  async expectNextUpdateToBuy(): Promise<void> {
    const stack = this.#stack(0);
    if (!mayBuyByItself(stack)) return;
    const before = stack.of.requests.length;
    await this.#updates([{ ...PLAIN_UP, previews: true }], []);
    const isBought = stack.purchase?.outputs.status === "succeeded";
    if (this.#violation) throw this.#violation;
    if (!isBought || stack.of.requests.length !== before + 1) throw new Violation("it did not buy by itself");
  }

  #play(act: Act): Promise<void> | void {
    const stack = act.do === "up" ? undefined : this.#stack(act.stack);
    if (act.do === "up") return this.#updates(act.ups, act.turns);
    if (stack === undefined) return;
    if (act.do === "copy") return this.#copy(stack, act.to);
    if (act.do === "destroy") return this.#destroy(stack);
    if (act.do === "taint") {
      stack.tainted = stack.purchase !== undefined;
    } else {
      this.#forgotten.push(stack.purchase);
      stack.purchase = undefined;
    }
  }

  async #destroy(stack: Stack): Promise<void> {
    const before = { ...stack };
    const process = this.#process(PLAIN_UP);
    await this.#turns.play([engine.destroy(stack, process, { journal: stack.folder })]);
    if (stack.order !== undefined) return;
    this.#forgotten.push(before.order, before.purchase, before.replaced);
    stack.of = newPurchase();
  }

  #copy(stack: Stack, to: Machine): void {
    const id = ++this.#ids;
    const folder = to === "same" ? stack.folder : `/journal${id}`;
    const { of: purchase, ...state } = stack;
    let of = stack.order === undefined ? newPurchase() : purchase;
    if (to === "cloned") {
      this.#disks.set(folder, new Disk(new Map(this.#disk(stack.folder).records)));
      of = { ...of, requests: [...of.requests], raises: new Set(of.raises) };
    }
    if (to === "other") of.journaled = false;
    this.#stacks.push({ ...structuredClone(state), id, folder, of });
  }

  async #updates(ups: readonly Up[], turns: readonly number[]): Promise<void> {
    // The engine locks a stack: two updates run at once only on two of them.
    const byStack = new Map(ups.map((up) => [this.#stack(up.stack), up]));
    const running = [...byStack].map(([stack, up]) => this.#up(stack, up, byStack.size === 1));
    await this.#turns.play(running, turns);
    await Promise.all(running);
  }

  async #up(stack: Stack, up: Up, isAlone: boolean): Promise<void> {
    react(stack, up);
    const { attempt } = stack.program;
    const command = { ...up, journal: folderOf(stack, up) };
    let isAnnounced = true;
    if (up.previews) {
      const isCalm = isAlone && this.#turns.isIdle;
      printed.length = 0;
      if (!(await engine.preview(stack, this.#process(up), command))) return;
      if (isCalm) isAnnounced = printed.some((line) => line.startsWith("💳"));
    }
    if (up.journal !== "home" || up.diskFault) stack.of.journaled = false;
    const isKnown = stack.of.journaled && this.#holdsCharge(stack);
    const wasMade = isMade(stack.purchase);
    const replaces = up.replace || stack.tainted;
    let orderId = "";
    const { of } = stack;
    const process = this.#process(up, () => {
      if (!isAnnounced) this.#violate("a request left that no preview announced");
      if (isKnown) this.#violate("a request left though the journal held a charge");
      if (wasMade && !replaces) this.#violate("a request left though the state held a charge");
      return this.#send(of, orderId, attempt, up);
    });
    await engine.update(stack, process, command, {
      buying: (id) => {
        orderId = id;
      },
      reopening: (olds, news) => {
        const isRaised = Number(news.attempt) > Number(olds.attempt);
        // A raise that one stack has used is known to the others by their journal alone.
        const isShared = this.#stacks.some((other) => other !== stack && other.of === of);
        if (isRaised) of.raises.add(`${stack.id}: ${news.attempt}${isShared ? command.journal : ""}`);
      },
      recording: (before, after) => {
        if (replaces) this.#forgotten.push(lostByReplacement(before, after));
        if (
          !replaces &&
          isMade(before) &&
          (!isMade(after) || before.outputs.intentId !== after.outputs.intentId)
        ) {
          this.#violate("the record of a purchase that was made was changed");
        }
      },
    });
  }

  #send(purchase: Purchase, orderId: string, attempt: number, up: Up): Reply {
    if (this.#requests.some((other) => other.orderId === orderId)) {
      this.#violate("two requests left for one order");
    }
    const intentId = `pur_${this.#requests.length}`;
    const isJournaled = up.journal === "home" && up.diskFault === undefined;
    const request = {
      orderId,
      answer: up.answer,
      intentId: `${intentId}_of_${orderId}`,
      isJournaled,
      attempt,
    };
    this.#requests.push(request);
    purchase.requests.push(request);
    if (purchase.requests.filter(isCharge).length > 1 + purchase.raises.size) {
      this.#violate("a purchase was charged more often than a person asked for");
    }
    const copies = this.#stacks.filter(({ of }) => of === purchase).length;
    const sameAttempt = purchase.requests.filter((other) => isCharge(other) && other.attempt === attempt);
    if (sameAttempt.length > 1 && (copies === 1 || purchase.journaled)) {
      this.#violate("a purchase was charged twice in one attempt");
    }
    return replyTo(request);
  }

  /** Notes which charges have been on record in a state. */
  #look(): void {
    const states = this.#states();
    for (const request of this.#requests) if (states.includes(markOf(request))) this.#seen.add(request);
  }

  /**
   * No record of a charge is lost: it is in a state, or in a journal, or nothing ever was, and the order in the state
   * is the one that may have bought.
   */
  #expectRecords(): void {
    const states = this.#states();
    for (const request of this.#requests.filter(isCharge)) {
      const isSuspected =
        !request.isJournaled && !this.#seen.has(request) && states.includes(request.orderId);
      if (!states.includes(markOf(request)) && !this.#isInJournal(request) && !isSuspected) {
        this.#violate("the record of a charge is lost");
      }
    }
  }

  #states(): string {
    return JSON.stringify([this.#stacks.map(({ of, ...state }) => state), this.#forgotten]);
  }

  #isInJournal(request: Request): boolean {
    return [...this.#disks.values()].some(({ records }) => {
      const outcome = records.get(`${request.orderId}.outcome`);
      return outcome?.includes(markOf(request)) ?? records.has(`${request.orderId}.sent`);
    });
  }

  #holdsCharge({ of, folder }: Stack): boolean {
    const { records } = this.#disk(folder);
    return of.requests.some(({ orderId }) =>
      records.get(`${orderId}.outcome`)?.includes('"status": "succeeded"'),
    );
  }

  #process(up: Up, send?: () => Reply): ProviderProcess {
    const refuse = () => {
      this.#violate("a request left without an update");
      return replyTo({ orderId: "", intentId: "", answer: up.answer, attempt: 0 });
    };
    return new ProviderProcess({
      id: ++this.#ids,
      turns: this.#turns,
      mishap: send && up.mishap,
      diskFault: up.diskFault,
      disk: (folder) => this.#disk(folder),
      send: send ?? refuse,
    });
  }

  #stack(number: number): Stack {
    return this.#stacks[number % this.#stacks.length] as Stack;
  }

  #disk(folder: string): Disk {
    const disk = this.#disks.get(folder) ?? new Disk();
    this.#disks.set(folder, disk);
    return disk;
  }

  /** Kept, not thrown: the code under test would take it for a fault of the network or the disk. */
  #violate(what: string): void {
    this.#violation ??= new Violation(what);
  }
}

/** How a record of a charge is told: by its intent, or by its order where no answer named the intent. */
const markOf = (request: Request) => (isNamed(request) ? request.intentId : request.orderId);

const PLAIN_UP: Up = {
  stack: 0,
  reaction: "nothing",
  previews: false,
  journal: "home",
  answer: "succeeded",
  replace: false,
  again: false,
  stopsBetween: false,
};

function newPurchase(): Purchase {
  return { requests: [], raises: new Set(), journaled: true };
}

function newStack(): Stack {
  const program = { creditType: "gateway", amount: 10, attempt: 1 };
  return { id: 0, folder: "/journal0", of: newPurchase(), program, tainted: false, replaced: [] };
}

function react({ program, of }: Stack, { reaction }: Up): void {
  if (reaction === "raise") program.attempt++;
  if (reaction === "lower") program.attempt = Math.max(1, program.attempt - 1);
  if (reaction === "amount") program.amount = program.amount === 10 ? 20 : 10;
  if (reaction === "adopt") program.adopt ??= of.requests.findLast(isCharge)?.intentId ?? "in_elsewhere";
}

function folderOf({ folder }: Stack, { journal }: Up): string {
  return journal === "home" ? folder : journal === "off" ? "off" : "/journal-elsewhere";
}

function isMade(purchase: engine.Resource | undefined): boolean {
  return purchase?.outputs.status === "succeeded" || purchase?.outputs.status === "adopted";
}

/**
 * Known gaps, only without `protect`: a replacement after a higher attempt drops the record it replaces, and each
 * replacement drops what the attempts before learned. Where a journal holds them they are still found.
 */
function lostByReplacement(before: engine.Resource, after: engine.Resource): unknown {
  return before.outputs.orderId === after.outputs.orderId ? before.outputs.__earlierAttempts : before;
}

function mayBuyByItself({ program, order, purchase, of }: Stack): boolean {
  if (order === undefined || program.adopt !== undefined || isMade(purchase)) return false;
  const last = of.requests.find(({ orderId }) => orderId === order.outputs.orderId);
  const isFree = last === undefined || isRefused(last);
  const isAsRecorded = purchase === undefined || purchase.outputs.amount === program.amount;
  return isFree && program.attempt === order.outputs.attempt && isAsRecorded;
}
