import { printable } from "../domain/messages";
import { MEANING } from "../domain/outcome";
import type { Cause, Result } from "../domain/result";
import type { Reply } from "../http/request";
import { type ClaimedElsewhere, type Journal, toRecord } from "../journal/journal";
import type { Endpoint, Settings } from "../settings";
import type { ArmedOrder } from "./armed-orders";
import { overCap } from "./caps";
import { crashPoint, crashWhenRequestLeft } from "./crash-points";
import { judge } from "./judge";
import { longestRequestSeconds } from "./limits";
import type { UpdateLedger } from "./update-ledger";

/** What charging needs from outside. */
export interface Surroundings {
  /** The one request; begun, and repeated after a rate limit, only while `mayStillSend`. */
  buy(order: ArmedOrder, endpoint: Endpoint, mayStillSend: () => boolean): Promise<Reply>;
  /** True where the `pulumi` that asked for this has ended, so that nobody would learn the outcome. */
  engineIsGone(): Promise<boolean>;
}

/** Where the charges of an update are written down. */
export interface Books {
  readonly journal: Journal | undefined;
  readonly ledger: UpdateLedger;
}

export type Charged =
  | {
      readonly kind: "ended";
      readonly result: Result;
      /** Why the journal could not keep the completion, where there is one and it couldn't. */
      readonly completionMissing?: string | undefined;
    }
  /** Another order for the same purchase was first. Nothing was sent for this one. */
  | { readonly kind: "claimed elsewhere"; readonly by: ClaimedElsewhere }
  /** Another process has relied on this order never having been sent. */
  | { readonly kind: "closed" };

/** The charges that one provider process makes. */
export class Charges {
  #inDoubt: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly surroundings: Surroundings) {}

  /** The purchase of this process whose outcome is unknown, if there is one: then nothing more may be sent. */
  get inDoubt(): string | undefined {
    return this.#inDoubt;
  }

  /** When the charges that were asked for have ended. */
  get idle(): Promise<unknown> {
    return this.#last;
  }

  /**
   * The only place that spends money: one order, one request, one outcome.
   *
   * It takes an order that was armed in this process and has just been disarmed, so it can't be called twice for
   * one. It must never be repeated because of its outcome: the endpoint takes no idempotency key, and a request
   * whose answer is missing may have charged the card.
   *
   * Charges go one at a time, also among the processes of one update, so that an unknown outcome stops all that come after
   * it.
   */
  charge(order: ArmedOrder, settings: Settings, books: Books): Promise<Charged> {
    const charged = this.#last.then(() => this.#chargeInTurn(order, settings, books));
    this.#last = charged.catch(() => undefined);
    return charged;
  }

  async #chargeInTurn(order: ArmedOrder, settings: Settings, books: Books): Promise<Charged> {
    const { orderId, name, arguments: args } = order;
    let isInTurn = false;
    try {
      const turn = await books.ledger.inTurn(
        { purchase: name, order: orderId, amount: args.amount },
        (spent) => overCap(args, settings, spent)?.why,
        async () => {
          isInTurn = true;
          const charged = await this.#chargeUnderClaim(order, settings, books);
          const outcome = charged.kind === "ended" ? charged.result.outcome : "notSent";
          if (outcome === "unknown") this.#inDoubt = name;
          return { outcome, counts: MEANING[outcome].counts, charged };
        },
      );
      if (turn.kind === "ended") return turn.ended.charged;
      if (turn.kind === "objection") {
        return this.#notSent(order, books, { kind: "overCap", why: turn.objection });
      }
      const purchase = turn.purchase ?? "another";
      this.#inDoubt ??= purchase;
      return this.#notSent(order, books, { kind: "afterDoubt", purchase });
    } catch (error) {
      if (isInTurn) throw error;
      return this.#notSent(order, books, { kind: "notWritable", what: "update", problem: problemOf(error) });
    }
  }

  async #chargeUnderClaim(order: ArmedOrder, settings: Settings, books: Books): Promise<Charged> {
    const { journal } = books;
    if (await this.surroundings.engineIsGone()) return this.#notSent(order, books, { kind: "commandEnded" });
    const endpoint = settings.endpoint();
    crashPoint("before-intent-record", order.name);
    let sendBefore = Number.POSITIVE_INFINITY;
    try {
      const claiming = await journal?.claim(order, longestRequestSeconds(endpoint));
      if (claiming !== undefined && claiming.kind !== "claimed") return claiming;
      if (claiming !== undefined) sendBefore = claiming.sendBefore;
    } catch (error) {
      return this.#notSent(order, books, { kind: "notWritable", what: "journal", problem: problemOf(error) });
    }
    crashPoint("after-intent-record", order.name);
    // A machine that slept in between is no longer waited for by others.
    const result = await this.#send(order, endpoint, () => Date.now() <= sendBefore);
    crashPoint("before-completion", order.name);
    return this.#ended(order, books, result);
  }

  async #send(order: ArmedOrder, endpoint: Endpoint, mayStillSend: () => boolean): Promise<Result> {
    try {
      crashWhenRequestLeft(order.name);
      const reply = await this.surroundings.buy(order, endpoint, mayStillSend);
      crashPoint("answer-read", order.name);
      return judge(reply);
    } catch {
      // A fault of ours after the request may have left must not lose what is at stake.
      return judge({ kind: "lost", problem: "this provider failed while it read the answer" });
    }
  }

  #notSent(order: ArmedOrder, books: Books, cause: Cause): Promise<Charged> {
    return this.#ended(order, books, { outcome: "notSent", receipt: {}, cause });
  }

  async #ended(order: ArmedOrder, { journal }: Books, result: Result): Promise<Charged> {
    try {
      await journal?.complete(order.orderId, result, toRecord(order.arguments));
      return { kind: "ended", result };
    } catch (error) {
      return { kind: "ended", result, completionMissing: problemOf(error) };
    }
  }
}

function problemOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 300);
}
