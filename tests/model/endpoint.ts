import type { Reply } from "../../provider/src/http/request";

/** What may become of one request. */
export const ANSWERS = [
  "succeeded",
  "pending",
  "failed",
  "checkout",
  "refused",
  "notSent",
  "lostBeforeCharge",
  "lostAfterCharge",
  "garbageAfterCharge",
  "failedAfterCharge",
] as const;
export type Answer = (typeof ANSWERS)[number];

/** One request as the endpoint saw it. */
export interface Request {
  readonly orderId: string;
  readonly answer: Answer;
  readonly intentId: string;
  /** What the program said when it was sent. */
  readonly attempt: number;
}

const CHARGING: ReadonlySet<Answer> = new Set([
  "succeeded",
  "pending",
  "lostAfterCharge",
  "garbageAfterCharge",
  "failedAfterCharge",
]);

/** `pending` counts as a charge: it can become one at any time. */
export const isCharge = ({ answer }: Request) => CHARGING.has(answer);

/** Whether its answer named the intent, so that a record of it must, too. */
export const isNamed = ({ answer }: Request) => answer === "succeeded" || answer === "pending";

/** Whether an answer says for certain that nothing was charged, so that the journal alone settles it. */
export const isRefused = ({ answer }: Request) => answer === "refused" || answer === "notSent";

export function replyTo({ answer, intentId }: Request): Reply {
  switch (answer) {
    case "succeeded":
    case "pending":
    case "failed":
      return answered(200, JSON.stringify({ purchaseIntent: { id: intentId, status: answer } }));
    case "checkout":
      return answered(200, JSON.stringify({ checkoutSessionId: "cs_1", checkoutSessionUrl: "https://pay" }));
    case "refused":
      return answered(402, JSON.stringify({ error: { code: "payment_failed", message: "declined" } }));
    case "failedAfterCharge":
      return answered(402, JSON.stringify({ error: { code: "purchase_complete_failed" } }));
    case "garbageAfterCharge":
      return answered(200, "<html>");
    case "notSent":
      return { kind: "unsent", problem: "connection refused" };
    default:
      return { kind: "lost", problem: "connection reset" };
  }
}

function answered(httpStatus: number, body: string): Reply {
  return { kind: "answer", httpStatus, requestId: undefined, body, whole: true };
}
