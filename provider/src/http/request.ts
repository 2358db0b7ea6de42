import { addAbortSignal, type Readable } from "node:stream";
import axios, { type AxiosResponse } from "axios";
import { printable } from "../domain/messages";
import { PACKAGE_VERSION } from "../version";
import { Connection } from "./connection";
import { redactor } from "./redact";

/** One request to Vercel. */
export interface Request {
  readonly method: "GET" | "POST";
  readonly url: URL;
  /** Sent as the bearer; taken out of whatever comes back. */
  readonly token: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** For all of it: the connection, the request, and the answer. */
  readonly timeoutSeconds: number;
  /** Asked when the connection stands, before the first byte of the request leaves. Where it says no, none does. */
  readonly mayStillSend?: (() => boolean) | undefined;
}

/** What came of one request. */
export type Reply =
  /** The server answered. `whole` is false where the body was cut off or too large: `body` is what arrived. */
  | {
      kind: "answer";
      httpStatus: number;
      requestId: string | undefined;
      body: string;
      whole: boolean;
      problem?: string;
      /** The header `Retry-After`, as answered. */
      retryAfter?: string | undefined;
    }
  /** No byte of the request left this machine. `tooLate`: because `mayStillSend` said no. */
  | { kind: "unsent"; problem: string; tooLate?: boolean }
  /** The request may have arrived, and no answer came. */
  | { kind: "lost"; problem: string };

/** Documented answers are under 4 KiB. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** Sends one request, once: it follows no redirect, and is never sent again. It never throws. */
export async function request(request: Request): Promise<Reply> {
  const { method, url, token, body, timeoutSeconds } = request;
  // The token is taken out of every text first, before any is cut to a length.
  const redact = redactor(token);
  const connection = new Connection(url, request.mayStillSend);
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response: AxiosResponse<Readable> = await axios.request({
      method,
      url: url.href,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { "Content-Type": "application/json" }),
        Accept: "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": `pulumi-vercel-credits/${PACKAGE_VERSION}`,
      },
      ...(body !== undefined && { data: JSON.stringify(body) }),
      httpAgent: connection.agent,
      httpsAgent: connection.agent,
      proxy: false, // the connection goes through the proxy itself, and knows whether the request left
      maxRedirects: 0, // a redirect would carry the charge, and the token, elsewhere
      validateStatus: () => true,
      responseType: "stream", // so that a body that is cut off or too large is still kept as far as it came
      signal: deadline,
    });
    const { received, whole, problem } = await readBody(response.data, deadline);
    return {
      kind: "answer",
      httpStatus: response.status,
      requestId: printed(header(response, "x-vercel-id"), redact),
      body: redact(received, !whole),
      whole,
      ...(problem !== undefined && { problem: printable(redact(problem)) }),
      retryAfter: printed(header(response, "retry-after"), redact),
    };
  } catch (error) {
    connection.close();
    const problem = deadline.aborted
      ? `no answer within ${timeoutSeconds} seconds`
      : printable(redact(describe(error)));
    if (connection.mayCarryRequest) return { kind: "lost", problem };
    return { kind: "unsent", problem, ...(connection.wasTooLate && { tooLate: true }) };
  } finally {
    connection.close();
  }
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
  // Leaves out a byte order mark, and takes what is no UTF-8 as replacement characters.
  const received = new TextDecoder().decode(Buffer.concat(chunks));
  return { received, whole: problem === undefined, problem };
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}

function printed(text: string | undefined, redact: (text: string) => string): string | undefined {
  return text === undefined ? undefined : printable(redact(text));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown problem";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const message = error.message || "connection failed";
  return code && !message.includes(code) ? `${message} (${code})` : message;
}
