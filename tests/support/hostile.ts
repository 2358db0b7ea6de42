import net, { type Socket } from "node:net";
import { listen } from "./servers";

/** What a server does with the socket of a request that has arrived whole. */
export type Answer = (socket: Socket) => void;

/** A server of plain sockets, so that it can answer in every way that HTTP forbids. It counts what arrived. */
export async function hostileServer({ buying, reading }: { buying: Answer; reading: Answer }) {
  const arrived = { buying: 0, reading: 0 };
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    let received = "";
    let isAnswered = false;
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (isAnswered || !isWhole(received)) return;
      isAnswered = true;
      const what = received.startsWith("POST ") ? "buying" : "reading";
      arrived[what]++;
      (what === "buying" ? buying : reading)(socket);
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.once("close", () => sockets.delete(socket))));
  const port = await listen(
    Object.assign(server, {
      closeAllConnections: () => {
        for (const socket of sockets) socket.destroy();
      },
    }),
  );
  return { url: `http://127.0.0.1:${port}`, arrived };
}

function isWhole(received: string): boolean {
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return rest.length > 0 && rest.join("\r\n\r\n").length >= length;
}

/** Writes it, and ends the connection properly. */
export const says =
  (...parts: (string | Buffer)[]): Answer =>
  (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

/** Writes it, and resets the connection once it has left. */
export const saysThenResets =
  (text: string): Answer =>
  (socket) =>
    socket.write(text, () => socket.resetAndDestroy());

/** Writes it, and then nothing more, without an end. */
export const saysThenWaits =
  (text: string): Answer =>
  (socket) =>
    socket.write(text);

/** Writes the beginning, then the rest again and again, as fast as it is taken, until the other side has enough. */
export const saysForever =
  (beginning: string, again: string | Buffer): Answer =>
  (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(again));
    };
    socket.write(beginning);
    socket.on("drain", more);
    more();
  };

/** Writes one byte after the other, too slowly for the time-out. */
export const drips =
  (text: string): Answer =>
  (socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), 100);
    socket.once("close", () => clearInterval(timer));
  };

/** A whole HTTP answer. */
export function http(body: string | Buffer, headers = "", status = "200 OK"): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers}content-length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

/** An endpoint that keeps what arrives waiting until it is told to answer, so that a test can act in between. */
export async function gatedServer(answer: Answer) {
  const gate = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const buying: Answer = (socket) => {
    first.resolve();
    void gate.promise.then(() => answer(socket));
  };
  const server = await hostileServer({ buying, reading: says(http("{}")) });
  return { ...server, whenRequested: first.promise, answerNow: gate.resolve };
}
