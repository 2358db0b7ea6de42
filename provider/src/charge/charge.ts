import { dollars } from "../money";
import type { Settings } from "../settings";
import type { ArmedOrder } from "./armed-orders";
import { judge, notSent, type Outcome } from "./outcome";

/** What this update has spent, or may have. One update runs in one provider process. */
let spent = 0;
let unsettled: string | undefined;
let lastCharge: Promise<unknown> = Promise.resolve();

/** The purchase of this update whose outcome is unknown, if there is one: then nothing more may be sent. */
export function unsettledPurchase(): string | undefined {
  return unsettled;
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
export function charge(order: ArmedOrder, settings: Settings): Promise<Outcome> {
  const outcome = lastCharge.then(() => chargeInTurn(order, settings));
  lastCharge = outcome.catch(() => undefined);
  return outcome;
}

async function chargeInTurn(order: ArmedOrder, settings: Settings): Promise<Outcome> {
  if (unsettled !== undefined) {
    const what = `It was not sent, because nobody knows how the purchase "${unsettled}" of this update ended.`;
    return notSent(what, order.arguments, "Settle that one first");
  }
  const overCap = capExceeded(order.arguments.amount, settings, spent);
  if (overCap)
    return notSent(`It was not sent, because ${overCap}`, order.arguments, "Lower it or raise the cap");
  const endpoint = settings.endpoint();
  // Loaded here, so that previews and updates that buy nothing don't pay for the HTTP client.
  const { buy } = await import("./vercel-api.js");
  let outcome: Outcome;
  try {
    outcome = judge(await buy(order.arguments, endpoint), order.arguments);
  } catch {
    // A fault of ours after the request may have left must not lose what is at stake.
    outcome = judge(
      { kind: "lost", problem: "this provider failed while it read the answer" },
      order.arguments,
    );
  }
  if (outcome.status === "unknown") unsettled = order.name;
  if (outcome.status === "unknown" || outcome.reason === undefined) spent += order.arguments.amount;
  return outcome;
}

/** Which cap an order would exceed, as a sentence; `before` is what the update charges without it, in dollars. */
export function capExceeded(amount: number, settings: Settings, before: number): string | undefined {
  const { maxAmount, maxAmountPerUpdate } = settings;
  if (amount > maxAmount) {
    return `amount is ${dollars(amount)}, and vercelCredits:maxAmount allows ${dollars(maxAmount)} for one purchase.`;
  }
  const total = before + amount;
  if (total > maxAmountPerUpdate) {
    return (
      `amount (${dollars(amount)}) brings this update to ${dollars(total)}, and ` +
      `vercelCredits:maxAmountPerUpdate allows ${dollars(maxAmountPerUpdate)}.`
    );
  }
  return undefined;
}
