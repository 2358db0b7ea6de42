import type { Reply } from "../http/request";
import type { Journal } from "../journal/journal";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { CreditType } from "../domain/order-arguments";
import type { Endpoint, Settings } from "../settings";
import type { ArmedOrder } from "./armed-orders";
import { longestRequestSeconds } from "./limits";
import { judge, notSent, type Outcome } from "./outcome";

/** What charging needs from outside. */
export interface Surroundings {
  /** The one request. */
  buy(order: ArmedOrder["arguments"], endpoint: Endpoint): Promise<Reply>;
  /** True where the `pulumi` that asked for this has ended, so that nobody would learn the outcome. */
  engineIsGone(): Promise<boolean>;
}

/** Another process was first with this order. Nothing was sent by this one. */
export const TAKEN = "taken";

/** The charges of one update, which runs in one provider process. */
export class Charges {
  /** What this update has spent, or may have, in dollars. */
  #spent = 0;
  #unsettled: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly surroundings: Surroundings) {}

  /** The purchase of this update whose outcome is unknown, if there is one: then nothing more may be sent. */
  get unsettled(): string | undefined {
    return this.#unsettled;
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
   * Charges go one at a time, so that an unknown outcome stops all that come after it.
   */
  charge(
    order: ArmedOrder,
    settings: Settings,
    journal: Journal | undefined,
  ): Promise<Outcome | typeof TAKEN> {
    const outcome = this.#last.then(() => this.#chargeInTurn(order, settings, journal));
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }

  async #chargeInTurn(order: ArmedOrder, settings: Settings, journal: Journal | undefined) {
    const { amount } = order.arguments;
    if (this.#unsettled !== undefined) {
      const what = `It was not sent, because nobody knows how the purchase "${this.#unsettled}" of this update ended.`;
      return notSent(what, order, "Settle that one first");
    }
    const over = overBudget(order.arguments, settings, this.#spent);
    if (over) return notSent(`It was not sent, because ${over.why}`, order, "Change it or the budget");
    if (await this.surroundings.engineIsGone()) {
      return notSent("It was not sent, because the pulumi command that asked for it has ended.", order);
    }
    const endpoint = settings.endpoint();
    try {
      if ((await journal?.sent(order, longestRequestSeconds(endpoint))) === false) return TAKEN;
    } catch (error) {
      const what = `It was not sent, because the journal (vercelCredits:journal) can't be written: ${problem(error)}.`;
      return notSent(what, order, "Mend that, or set vercelCredits:journal to another folder or off");
    }

    let outcome: Outcome;
    try {
      outcome = judge(await this.surroundings.buy(order.arguments, endpoint), order);
    } catch {
      // A fault of ours after the request may have left must not lose what is at stake.
      outcome = judge({ kind: "lost", problem: "this provider failed while it read the answer" }, order);
    }
    if (outcome.status === "unknown") this.#unsettled = order.name;
    if (outcome.status === "unknown" || outcome.reason === undefined) this.#spent += amount;
    try {
      await journal?.ended(order.orderId, outcome);
    } catch (error) {
      // The state still keeps it; only a crash from here on would need a person.
      console.log(`⚠️ ${order.name}: the journal could not keep the outcome: ${problem(error)}`);
    }
    return outcome;
  }
}

/** What is wanted of an order, as far as it is known; `team` is null where it isn't, and absent where none is given. */
export interface Wanted {
  readonly amount?: number | undefined;
  readonly creditType?: CreditType | undefined;
  readonly team?: string | null | undefined;
}

/**
 * Why the stack's budget doesn't allow an order, as a sentence, or undefined where it does. What isn't known yet is left
 * out, and judged in the update.
 *
 * @param before What the update charges without it, in dollars.
 */
export function overBudget(
  order: Wanted,
  settings: Settings,
  before: number,
): { argument: "amount" | "creditType" | "team"; why: string } | undefined {
  const { maxAmount, maxAmountPerUpdate, allowedCreditTypes, allowedTeams } = settings;
  const { amount = 0, creditType, team } = order;
  if (creditType !== undefined && allowedCreditTypes?.includes(creditType) === false) {
    const why = `creditType is ${creditType}, and vercelCredits:allowedCreditTypes allows ${allowedCreditTypes.join(", ")}.`;
    return { argument: "creditType", why };
  }
  if (team !== null && allowedTeams?.includes(team ?? "") === false) {
    const whose = printable(team ?? "the token's own default", 100);
    return {
      argument: "team",
      why: `team is ${whose}, and vercelCredits:allowedTeams allows ${allowedTeams.join(", ")}.`,
    };
  }
  if (amount > maxAmount) {
    const why = `amount is ${dollars(amount)}, and vercelCredits:maxAmount allows ${dollars(maxAmount)} for one purchase.`;
    return { argument: "amount", why };
  }
  const total = before + amount;
  if (total > maxAmountPerUpdate) {
    const why =
      `amount (${dollars(amount)}) brings this update to ${dollars(total)}, and ` +
      `vercelCredits:maxAmountPerUpdate allows ${dollars(maxAmountPerUpdate)}.`;
    return { argument: "amount", why };
  }
  return undefined;
}

function problem(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 300);
}
