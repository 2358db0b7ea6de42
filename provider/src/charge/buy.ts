import { setTimeout as pause } from "node:timers/promises";
import type { OrderArguments } from "../domain/order-arguments";
import { type Reply, request } from "../http/request";
import { type Endpoint, pathOf } from "../settings";
import { readAnswer } from "./answer";
import { isRefusal } from "./judge";
import { LONGEST_WAIT_SECONDS, MOST_WAITS } from "./limits";

/**
 * `POST /v1/billing/buy`: charges the team's card, once.
 *
 * The endpoint takes no idempotency key and nothing reads a purchase back, so the request is never sent again because
 * its outcome is unclear. A 429 alone is waited for and repeated, and only where it is Vercel's own refusal: the
 * endpoint then did nothing.
 *
 * @param mayStillSend Asked right before a request leaves, the first one too, which then is `unsent` and `tooLate`. A
 *   repeat that can't leave, for this or another reason, leaves the 429 as what was answered.
 */
export async function buy(
  order: OrderArguments,
  endpoint: Endpoint,
  mayStillSend: () => boolean = () => true,
): Promise<Reply> {
  let secondsLeft = LONGEST_WAIT_SECONDS;
  let limited: Reply | undefined;
  for (let waits = 0; ; waits++) {
    const reply = await request({
      method: "POST",
      url: buyUrl(order, endpoint.apiUrl),
      token: endpoint.token,
      body: { item: { type: "credits", creditType: order.creditType, amount: order.amount } },
      timeoutSeconds: endpoint.timeoutSeconds,
      mayStillSend,
    });
    if (reply.kind === "unsent" && limited !== undefined) return limited;
    if (reply.kind !== "answer" || !didNothingYet(reply)) return reply;
    limited = reply;
    const seconds = secondsToWait(reply.retryAfter) ?? 2 ** waits;
    if (waits === MOST_WAITS || seconds > secondsLeft) return reply;
    secondsLeft -= seconds;
    await pause(seconds * 1000);
    if (!mayStillSend()) return reply;
  }
}

function didNothingYet({ httpStatus, body, requestId, whole }: Extract<Reply, { kind: "answer" }>): boolean {
  return httpStatus === 429 && isRefusal(httpStatus, readAnswer(body, requestId), whole);
}

function buyUrl(order: OrderArguments, apiUrl: URL): URL {
  const url = pathOf(apiUrl, "/v1/billing/buy");
  url.searchParams.set("source", order.source);
  if (order.team !== undefined) {
    url.searchParams.set(order.team.startsWith("team_") ? "teamId" : "slug", order.team);
  }
  return url;
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsToWait(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
