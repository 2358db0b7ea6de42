import type { Reply } from "../../provider/src/http/request";

const HALF = "\ud83d";
const LONG = `${"x".repeat(499)}😀`;

const intent = (kind: string, status: unknown) => (id: string) =>
  answered(200, { [kind]: { id, status, reason: HALF } });
const error =
  (httpStatus: number, code: unknown, message: unknown = LONG) =>
  () =>
    answered(httpStatus, { error: { code, message } });
const errorBesideIntent = (httpStatus: number, status: string) => (id: string) =>
  answered(httpStatus, { error: { code: "payment_failed" }, purchaseIntent: { id, status } });
const text = (httpStatus: number, body: string) => (): Reply => ({
  kind: "answer",
  httpStatus,
  requestId: undefined,
  body,
  whole: true,
});

interface Kind {
  readonly reply: (intentId: string) => Reply;
  /** What it did to the card: `later` can become a charge at any time. */
  readonly money: "charged" | "later" | "checkout" | "none";
  /** The contract's outcome for it. */
  readonly outcome: "bought" | "pending" | "failed" | "checkout" | "refused" | "notSent" | "unknown";
}

/** What may become of one request. What the contract can't tell from a charge is one here. */
const KINDS = {
  succeeded: { reply: intent("purchaseIntent", "succeeded"), money: "charged", outcome: "bought" },
  orb: { reply: intent("orbSubscriptionIntent", "succeeded"), money: "charged", outcome: "bought" },
  pending: { reply: intent("purchaseIntent", "pending"), money: "later", outcome: "pending" },
  failed: { reply: intent("purchaseIntent", "failed"), money: "none", outcome: "failed" },
  checkout: {
    reply: () => answered(200, { checkoutSessionId: "cs_1", checkoutSessionUrl: "https://pay" }),
    money: "checkout",
    outcome: "checkout",
  },
  declined: { reply: error(402, "payment_failed"), money: "none", outcome: "refused" },
  forbidden: { reply: error(403, "forbidden", `no${HALF}`), money: "none", outcome: "refused" },
  notConnected: {
    reply: () => ({ kind: "unsent", problem: `connection refused${HALF}` }),
    money: "none",
    outcome: "notSent",
  },
  lostBeforeCharge: { reply: lost, money: "none", outcome: "unknown" },
  lostAfterCharge: { reply: lost, money: "charged", outcome: "unknown" },
  garbage: { reply: text(200, "<html>"), money: "charged", outcome: "unknown" },
  blockPage: { reply: text(403, "<html>blocked"), money: "charged", outcome: "unknown" },
  empty: { reply: text(460, ""), money: "charged", outcome: "unknown" },
  paymentRequired: { reply: text(402, ""), money: "charged", outcome: "unknown" },
  completeFailed: { reply: error(402, "purchase_complete_failed"), money: "charged", outcome: "unknown" },
  completeFailed400: { reply: error(400, "purchase_complete_failed"), money: "charged", outcome: "unknown" },
  conflict: { reply: error(409, "conflict"), money: "charged", outcome: "unknown" },
  errorWithIntent: { reply: errorBesideIntent(402, "succeeded"), money: "charged", outcome: "unknown" },
  errorIn200: { reply: errorBesideIntent(200, "failed"), money: "charged", outcome: "unknown" },
  unavailable: { reply: error(503, "unavailable"), money: "charged", outcome: "unknown" },
  // Vercel's word, which looks like ours, or is no text.
  saysRefused: { reply: intent("purchaseIntent", "refused"), money: "later", outcome: "pending" },
  saysNotSent: { reply: intent("purchaseIntent", "notSent"), money: "later", outcome: "pending" },
  saysUnknown: { reply: intent("purchaseIntent", "unknown"), money: "later", outcome: "pending" },
  saysWithdrawn: { reply: intent("purchaseIntent", "withdrawn"), money: "later", outcome: "pending" },
  saysFailed: { reply: intent("creditIntent", "failed"), money: "later", outcome: "pending" },
  saysNothing: { reply: intent("purchaseIntent", undefined), money: "charged", outcome: "unknown" },
} satisfies Record<string, Kind>;

export type Answer = keyof typeof KINDS;
export const ANSWERS = Object.keys(KINDS) as Answer[];
export const kindOf = (answer: Answer): Kind => KINDS[answer];

function answered(httpStatus: number, body: object): Reply {
  return { kind: "answer", httpStatus, requestId: undefined, body: JSON.stringify(body), whole: true };
}

function lost(): Reply {
  return { kind: "lost", problem: `connection reset${HALF}` };
}

/** One request as the endpoint saw it. Nothing of it is known to the code under test, but by its reply. */
export interface Request {
  readonly orderId: string;
  readonly answer: Answer;
  readonly intentId: string;
  readonly attempt: number;
  readonly amount: number;
  readonly team: string | undefined;
  /** The purchase, as the program computes it. */
  readonly identity: string;
  /** The journal that its update wrote, or undefined where there was none. */
  readonly folder: string | undefined;
  /** The orders in what the state had of this purchase when its update began. */
  readonly mentions: string;
  readonly leaseEnds: number;
  isPaidLater: boolean;
  isUnderWay: boolean;
}

/** Whether a request charged. One that can become a charge at any time counts as one. */
export function isCharge({ answer, isPaidLater }: Request): boolean {
  const { money } = kindOf(answer);
  return money === "charged" || money === "later" || (money === "checkout" && isPaidLater);
}

/** Whether its answer named the intent, so that a record of it must, too. */
export const isNamed = ({ answer }: Request) => ["bought", "pending"].includes(kindOf(answer).outcome);
