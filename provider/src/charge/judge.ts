import { printable } from "../domain/messages";
import type { AttemptOutcome } from "../domain/outcome";
import type { Cause, Result } from "../domain/result";
import { storableText } from "../domain/storable";
import type { Reply } from "../http/request";
import { type Answer, isLoneError, numberOfParts, PAYMENT_NOT_MADE, type Parts, readAnswer } from "./answer";

type HttpAnswer = Extract<Reply, { kind: "answer" }>;

/** What a reply means for the money. Whatever the contract doesn't list is unknown: the card may have been charged. */
export function judge(reply: Reply): Result {
  if (reply.kind === "unsent") {
    const cause: Cause = reply.tooLate
      ? { kind: "leaseEnded" }
      : { kind: "notConnected", ...problemOf(reply) };
    return { outcome: "notSent", receipt: {}, cause };
  }
  if (reply.kind === "lost") {
    return { outcome: "unknown", receipt: {}, cause: { kind: "noAnswer", ...problemOf(reply) } };
  }
  const answer = readAnswer(reply.body, reply.requestId);
  const { outcome, problem } = outcomeOf(reply, answer);
  const status = answer.parts.intents.map((intent) => intent.status).filter((word) => word !== undefined);
  return {
    outcome,
    receipt: answer.receipt,
    ...(status.length === 1 && { status: status[0] }),
    ...(outcome !== "bought" && { cause: causeOf(reply.httpStatus, answer.parts, problem) }),
  };
}

/** The contract's table of answers, in its order. */
function outcomeOf(
  { httpStatus, body, whole, problem = "it was cut off" }: HttpAnswer,
  answer: Answer,
): { outcome: AttemptOutcome; problem?: string } {
  const { parts } = answer;
  const isSuccess = httpStatus >= 200 && httpStatus < 300;
  if (!whole) return { outcome: "unknown", problem };
  if (saysNothing(httpStatus)) return { outcome: "unknown" };
  if (!parts.isObject) return { outcome: "unknown", problem: notAnObject(body) };
  if (parts.intents.length > 1) return { outcome: "unknown", problem: "it holds two intents" };
  if (numberOfParts(parts) > 1) {
    return { outcome: "unknown", problem: "it holds more than one of intent, checkout session and error" };
  }
  if (isSuccess) return ofSuccess(parts);
  return { outcome: isRefusal(httpStatus, answer, whole) ? "refused" : "unknown" };
}

/** A redirect that is not followed; 408 and 499 say that an answer is missing, and 5xx that something went wrong. */
function saysNothing(httpStatus: number): boolean {
  return (
    httpStatus < 200 ||
    (httpStatus >= 300 && httpStatus < 400) ||
    [408, 499].includes(httpStatus) ||
    httpStatus >= 500
  );
}

function notAnObject(body: string): string {
  return body === ""
    ? "it is empty"
    : "it is not a JSON object, so a gateway may have answered in Vercel's place";
}

/** Of a 2xx with at most one part. */
function ofSuccess({ intents: [intent], checkout }: Parts): { outcome: AttemptOutcome; problem?: string } {
  if (checkout !== undefined) {
    return checkout.id === undefined && checkout.url === undefined
      ? { outcome: "unknown", problem: "its checkout session has neither id nor address" }
      : { outcome: "checkout" };
  }
  if (intent === undefined) return { outcome: "unknown", problem: "it holds no intent" };
  if (intent.status === undefined) return { outcome: "unknown", problem: `its ${intent.kind} has no status` };
  if (intent.isDocumented && intent.status === "succeeded") return { outcome: "bought" };
  if (intent.isDocumented && intent.status === "failed") return { outcome: "failed" };
  return { outcome: "pending" };
}

/** Lone errors with these say that nothing was done, unless the code is of one of the steps of a purchase. */
const NOTHING_WAS_DONE = [400, 401, 403, 404, 429];

/**
 * True where the endpoint certainly did nothing: by Vercel's own error, whole and with nothing besides. A status alone
 * says nothing: a gateway's block page has one, too.
 */
export function isRefusal(httpStatus: number, { parts }: Answer, whole: boolean): boolean {
  if (!whole || !isLoneError(parts)) return false;
  const { code } = parts.error;
  if (httpStatus === 402) return PAYMENT_NOT_MADE.has(code);
  return NOTHING_WAS_DONE.includes(httpStatus) && !code.startsWith("purchase_");
}

function causeOf(httpStatus: number, { error }: Parts, problem: string | undefined): Cause {
  return {
    kind: "answer",
    httpStatus,
    ...(error?.code !== undefined && { code: error.code }),
    ...(error?.message !== undefined && { message: error.message }),
    ...(problem !== undefined && problemOf({ problem })),
  };
}

/** Of our own words and those of libraries, which may quote what a server sent. */
function problemOf({ problem }: { problem: string }): { problem: string } {
  return { problem: storableText(printable(problem)) };
}
