import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Wire } from "./faults";

/** Puts an answer on the wire, broken as it was ordered. */
export async function send(outgoing: ServerResponse, wire: Wire, requestId: string): Promise<Response> {
  const { status = 200, body = "", cut, wait = 0 } = wire;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (wait === Number.POSITIVE_INFINITY) return RESPONSE_ALREADY_SENT; // the socket stays open until a side ends it
  if (wait > 0) await pause(wait, undefined, { ref: false });
  if (cut === "at once") {
    outgoing.socket?.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (cut === "in the head") {
    outgoing.socket?.end(`HTTP/1.1 200 OK\r\nx-vercel-id: ${requestId}\r\ncontent-`);
    return RESPONSE_ALREADY_SENT;
  }
  const headers = Object.entries(wire.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  outgoing.writeHead(status, {
    "content-type": typeof body === "string" && !body.startsWith("{") ? "text/html" : "application/json",
    "content-length": Buffer.byteLength(text),
    "x-vercel-id": requestId,
    ...Object.fromEntries(headers),
  });
  if (cut === "in the body") {
    outgoing.write(text.slice(0, text.length / 2), () => outgoing.socket?.end());
  } else {
    outgoing.end(text);
  }
  return RESPONSE_ALREADY_SENT;
}
