import { once } from "node:events";
import net from "node:net";

/** What happens to requests. Answers are given in HTTP. */
export type Fault =
  /** It is delivered, and its answer is lost with the connection. */
  | { readonly kind: "answer lost" }
  /** The connection ends before it is delivered. */
  | { readonly kind: "cut" }
  /** It is delivered, and nothing ever comes back. */
  | { readonly kind: "silent" }
  /** It isn't delivered; this is the answer. */
  | { readonly kind: "answered"; readonly status: string; readonly headers?: string; readonly body?: string };

/** Stands before a server and passes on bytes, but for the faults that it is told of. */
export class FaultyProxy {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #fault: { readonly what: Fault; left: number } | undefined;
  #port = 0;

  constructor(private readonly to: number) {
    this.#server = net.createServer((client) => this.#serve(client));
  }

  async start(): Promise<number> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as net.AddressInfo).port;
    return this.#port;
  }

  /** From now on nobody answers at its port. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next requests meet with this; all of them unless told how many. */
  failWith(what: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#fault = { what, left: times };
  }

  heal(): void {
    this.#fault = undefined;
  }

  /** Connections of clients that are still there. */
  get connections(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length;
  }

  #serve(client: net.Socket): void {
    const server = net.connect(this.to, "127.0.0.1");
    this.#sockets.add(client);
    let fault: Fault | undefined;
    const end = () => {
      client.destroy();
      server.destroy();
      this.#sockets.delete(client);
    };
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
    client.on("data", (data) => {
      fault = this.#next();
      if (fault?.kind === "cut") return end();
      if (fault?.kind === "answered") {
        const { status, headers = "", body = "" } = fault;
        const length = `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n`;
        client.end(`HTTP/1.1 ${status}\r\n${headers}${length}\r\n${body}`);
        return;
      }
      server.write(data);
    });
    server.on("data", (data) => {
      if (fault?.kind === "answer lost") return end();
      if (fault?.kind !== "silent") client.write(data);
    });
  }

  /** Of a request that comes in pieces the first one counts: its connection ends there. */
  #next(): Fault | undefined {
    if (this.#fault === undefined || this.#fault.left === 0) return undefined;
    this.#fault.left--;
    return this.#fault.what;
  }
}
