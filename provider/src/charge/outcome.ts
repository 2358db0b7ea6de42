import type { Reply } from "../http/request";
import { billingPage, CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "../domain/messages";
import { dollars } from "../domain/money";
import { creditsFor, type OrderArguments } from "../domain/order-arguments";
import { type Answer, type Receipt, readAnswer } from "./answer";
import type { ArmedOrder } from "./armed-orders";

/** What is asked of an order here. */
type Order = Pick<ArmedOrder, "arguments" | "journaled">;

/** What one attempt came to, as it is kept in the purchase's outputs. */
export interface Outcome {
  /** Vercel's word (`succeeded`, `pending`, `failed`, or a newer one), else ours. */
  readonly status: string;
  readonly receipt: Receipt;
  /** Why it did not buy, or why nobody knows, and what to do now. Absent where Vercel took the order. */
  readonly reason?: string;
  /** Where Vercel took the order: the line to print. */
  readonly news?: string;
}

/**
 * The contract's table: what a reply means for the money. Whatever is not listed is unknown, because the card
 * may have been charged.
 */
export function judge(reply: Reply, order: Order): Outcome {
  if (reply.kind === "unsent") {
    return notSent(
      `The request could not be sent to Vercel: ${reply.problem}.`,
      order,
      "Mend the connection",
    );
  }
  if (reply.kind === "lost") {
    return unknown(
      `The request left for Vercel, and no answer came back: ${reply.problem}.`,
      {},
      order.arguments,
    );
  }
  const { httpStatus } = reply;
  const answer = readAnswer(reply.body, reply.requestId);
  if (httpStatus >= 200 && httpStatus < 300) {
    return reply.whole
      ? judgeSuccess(httpStatus, answer, order.arguments)
      : unknown(
          `Vercel answered ${httpStatus}, but its answer can't be read: ${reply.problem}.`,
          answer.receipt,
          order.arguments,
        );
  }
  const words = [answer.error?.code, answer.error?.message].filter(Boolean).join(": ");
  const what = `Vercel answered ${httpStatus}${words && `, ${words.replace(/\.$/, "")}`}.`;
  const refused = isRefusal(httpStatus, answer.error?.code, reply.whole);
  return refused
    ? { status: "refused", receipt: answer.receipt, reason: refusal(what, httpStatus, answer, order) }
    : unknown(what, answer.receipt, order.arguments);
}

/** Nothing left this machine for a reason of our own. */
export function notSent(what: string, order: Order, firstDo?: string): Outcome {
  return {
    status: "refused",
    receipt: {},
    reason: `${what} ${NOTHING_CHARGED} ${toTryAgain(order, firstDo)}`,
  };
}

/** A journal can prove to the next update that nothing was charged. Without it, a person has to say so. */
function toTryAgain(order: Order, firstDo?: string): string {
  const first = firstDo === undefined ? "" : `${firstDo}, then `;
  const raise = `set attempt: ${order.arguments.attempt + 1} to try again.`;
  const sentence = order.journaled
    ? `${first}run \`pulumi up\` again. (Where its journal is not at hand, ${raise})`
    : `${first}${raise}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function judgeSuccess(httpStatus: number, answer: Answer, order: OrderArguments): Outcome {
  const { intentStatus, receipt } = answer;
  const next = order.attempt + 1;
  const intent = receipt.intentId ?? "no intent id";
  if (receipt.intentKind === "checkoutSession") {
    const url = receipt.checkoutSessionUrl ?? receipt.checkoutSessionId;
    const reason =
      `Vercel did not charge the card, and wants this purchase to be completed in a checkout: ${url} ` +
      `${NOTHING_CHARGED} Complete it there and set adopt: "<its intent or invoice id>", or give the team a ` +
      `default payment method (${billingPage(order.team)}) and set attempt: ${next}.`;
    return { status: "checkout", receipt, reason };
  }
  if (intentStatus === undefined) {
    const found = receipt.intentKind ? "an intent without a status" : "no purchase intent in its answer";
    return unknown(`Vercel answered ${httpStatus}, with ${found}.`, receipt, order);
  }
  if (intentStatus === "failed") {
    const reason =
      `Vercel made the purchase (${intent}), and its payment failed. ${NOTHING_CHARGED} ` +
      `Mend the payment method on ${billingPage(order.team)}, then set attempt: ${next} to try again.`;
    return { status: "failed", receipt, reason };
  }
  const bought = `${dollars(order.amount)} of ${creditsFor(order.creditType, order.team)} (${intent}${totalOf(receipt)})`;
  const news =
    intentStatus === "succeeded"
      ? `✅ bought ${bought}. ${CHARGED}`
      : `⚠️ warning: Vercel took the order for ${bought} and calls it "${intentStatus}", which is not final. ` +
        `${MAYBE_CHARGED} It won't be bought again. See ${billingPage(order.team)} for how it ended.`;
  return { status: intentStatus, receipt, news };
}

function totalOf({ total, currency }: Receipt): string {
  return total === undefined ? "" : `, total ${total} ${currency ?? ""}`.trimEnd();
}

function unknown(what: string, receipt: Receipt, order: OrderArguments): Outcome {
  const id = receipt.intentId ?? "<its intent or invoice id>";
  const reason =
    `${what} ${MAYBE_CHARGED} Look for it on ${billingPage(order.team)}. If it is there, set adopt: "${id}". ` +
    `If it is not, set attempt: ${order.attempt + 1} to buy it again.`;
  return { status: "unknown", receipt, reason };
}

/**
 * True where the endpoint certainly did nothing.
 *
 * 408 (time-out) and 499 (client gone) say that an answer is missing, not what happened. Vercel's steps are
 * create, confirm and complete: 402 `purchase_complete_failed` comes after the payment was confirmed, so a 402
 * whose code didn't arrive whole may be that one.
 */
function isRefusal(httpStatus: number, code: string | undefined, whole: boolean): boolean {
  if (httpStatus < 400 || httpStatus > 499 || httpStatus === 408 || httpStatus === 499) return false;
  return httpStatus !== 402 || (whole && code !== "purchase_complete_failed");
}

function refusal(what: string, httpStatus: number, answer: Answer, order: Order): string {
  const advice =
    ADVICE_BY_CODE[answer.error?.code ?? ""] ?? ADVICE_BY_STATUS[httpStatus] ?? "Mend what it names";
  const where = advice.includes("payment") ? ` (${billingPage(order.arguments.team)})` : "";
  return `${what} ${NOTHING_CHARGED} ${toTryAgain(order, `${advice}${where}`)}`;
}

const PAY = "Give the team a payment method that works";
const PLAN = "Change the team's plan, or buy a credit type that it allows";
const ROLE =
  "Use the token of a member who may buy (role Owner, Member, Developer, Security or Billing) of this team";

/** Codes seen from this endpoint; most are not on its page. */
const ADVICE_BY_CODE: Record<string, string> = {
  missing_stripe_customer: PAY,
  payment_failed: PAY,
  purchase_create_failed: PAY,
  purchase_confirm_failed: PAY,
  purchase_create_hosted_failed: PAY,
  invalid_v0_subscription: "v0 credits need a paid v0 plan: change the team's plan",
  invalid_plan: PLAN,
  invalid_plan_iteration: PLAN,
  missing_subscription: PLAN,
  already_on_plan: PLAN,
  invalid_status: PLAN,
  forbidden: ROLE,
};

const ADVICE_BY_STATUS: Record<number, string> = {
  401: "Set a valid token (vercel:apiToken or VERCEL_API_TOKEN)",
  402: PAY,
  403: ROLE,
  404: "Check the team (argument team, vercel:team or VERCEL_TEAM) and vercel:apiUrl",
  429: "Wait until Vercel's rate limit allows it",
};
