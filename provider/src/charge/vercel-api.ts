import { addAbortSignal, type Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import axios, { type AxiosResponse } from "axios";
import { printable } from "../messages";
import type { OrderArguments } from "../order-arguments";
import type { Endpoint } from "../settings";
import { PACKAGE_VERSION } from "../version";
import { Connection } from "./connection";
import { LONGEST_WAIT_SECONDS, MOST_WAITS } from "./limits";

/** What came of the one request. */
export type Reply =
  /** The endpoint answered. `whole` is false where the body was cut off or too large: `body` is what arrived. */
  | {
      kind: "answer";
      httpStatus: number;
      requestId: string | undefined;
      body: string;
      whole: boolean;
      problem?: string;
    }
  /** No byte of the request left this machine. */
  | { kind: "unsent"; problem: string }
  /** The request may have arrived, and no answer came. */
  | { kind: "lost"; problem: string };

/** Documented answers are under 4 KiB. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/**
 * `POST /v1/billing/buy`: charges the team's card, once.
 *
 * The endpoint takes no idempotency key and nothing reads a purchase back, so the request is never sent again
 * because its outcome is unclear. 429 alone is waited for: the endpoint then did nothing.
 */
export async function buy(order: OrderArguments, endpoint: Endpoint): Promise<Reply> {
  let secondsLeft = LONGEST_WAIT_SECONDS;
  for (let waits = 0; ; waits++) {
    const { reply, retryAfter } = await send(order, endpoint);
    const rateLimited = reply.kind === "answer" && reply.httpStatus === 429;
    const seconds = secondsToWait(retryAfter) ?? 2 ** waits;
    if (!rateLimited || waits === MOST_WAITS || seconds > secondsLeft) return reply;
    secondsLeft -= seconds;
    await pause(seconds * 1000);
  }
}

async function send(
  order: OrderArguments,
  endpoint: Endpoint,
): Promise<{ reply: Reply; retryAfter?: string | undefined }> {
  const url = buyUrl(order, endpoint.apiUrl);
  const connection = new Connection(url);
  const deadline = AbortSignal.timeout(endpoint.timeoutSeconds * 1000);
  try {
    const response: AxiosResponse<Readable> = await axios.request({
      method: "POST",
      url: url.href,
      headers: {
        Authorization: `Bearer ${endpoint.token}`,
        "Content-Type": "application/json",
        Accept: "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": `pulumi-vercel-credits/${PACKAGE_VERSION}`,
      },
      data: JSON.stringify({
        item: { type: "credits", creditType: order.creditType, amount: order.amount },
      }),
      httpAgent: connection.agent,
      httpsAgent: connection.agent,
      proxy: false, // the connection goes through the proxy itself, and knows whether the request left
      maxRedirects: 0, // a redirect would carry the charge, and the token, elsewhere
      validateStatus: () => true,
      responseType: "stream", // so that a body that is cut off or too large is still kept as far as it came
      signal: deadline,
    });
    const redact = (text: string) => text.replaceAll(endpoint.token, "[token]");
    const body = await readBody(response.data, deadline);
    const requestId = header(response, "x-vercel-id");
    return {
      reply: {
        kind: "answer",
        httpStatus: response.status,
        requestId: requestId === undefined ? undefined : redact(requestId),
        ...body,
        body: redact(body.body),
      },
      retryAfter: header(response, "retry-after"),
    };
  } catch (error) {
    connection.close();
    const problem = deadline.aborted
      ? `no answer within ${endpoint.timeoutSeconds} seconds`
      : describe(error).replaceAll(endpoint.token, "[token]");
    return { reply: { kind: connection.mayCarryRequest ? "lost" : "unsent", problem } };
  } finally {
    connection.close();
  }
}

function buyUrl(order: OrderArguments, apiUrl: URL): URL {
  const url = new URL(`${apiUrl.pathname.replace(/\/$/, "")}/v1/billing/buy`, apiUrl);
  url.searchParams.set("source", order.source);
  if (order.team !== undefined) {
    url.searchParams.set(order.team.startsWith("team_") ? "teamId" : "slug", order.team);
  }
  return url;
}

async function readBody(stream: Readable, deadline: AbortSignal) {
  const chunks: Buffer[] = [];
  let size = 0;
  let problem: string | undefined;
  try {
    for await (const chunk of addAbortSignal(deadline, stream)) {
      size += chunk.length;
      if (size > LARGEST_ANSWER_BYTES) {
        problem = "it is larger than 1 MiB";
        break;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    problem = `it was cut off (${deadline.aborted ? "too slow" : describe(error)})`;
  } finally {
    stream.destroy();
  }
  const body = Buffer.concat(chunks).toString("utf8");
  return problem === undefined ? { body, whole: true } : { body, whole: false, problem };
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsToWait(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? printable(value) : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown problem";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const message = error.message || "connection failed";
  return printable(code && !message.includes(code) ? `${message} (${code})` : message);
}
