import { addAbortSignal, type Readable } from "node:stream";
import axios, { type AxiosResponse } from "axios";
import { printable } from "../domain/messages";
import { PACKAGE_VERSION } from "../version";
import { Connection } from "./connection";

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
  /** No byte of the request left this machine. */
  | { kind: "unsent"; problem: string }
  /** The request may have arrived, and no answer came. */
  | { kind: "lost"; problem: string };

/** Documented answers are under 4 KiB. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** Sends one request, once: it follows no redirect, and is never sent again. It never throws. */
export async function request({ method, url, token, body, timeoutSeconds }: Request): Promise<Reply> {
  const redact = (text: string) => text.replaceAll(token, "[token]");
  const connection = new Connection(url);
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
    const answered = await readBody(response.data, deadline);
    const requestId = header(response, "x-vercel-id");
    return {
      kind: "answer",
      httpStatus: response.status,
      requestId: requestId === undefined ? undefined : redact(requestId),
      ...answered,
      body: redact(answered.body),
      retryAfter: header(response, "retry-after"),
    };
  } catch (error) {
    connection.close();
    const problem = deadline.aborted ? `no answer within ${timeoutSeconds} seconds` : redact(describe(error));
    return { kind: connection.mayCarryRequest ? "lost" : "unsent", problem };
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
  const body = new TextDecoder().decode(Buffer.concat(chunks));
  return problem === undefined ? { body, whole: true } : { body, whole: false, problem };
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
