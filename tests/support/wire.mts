import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/** A connection to a server of this machine, that takes as long as is said, and can be cut and mended. */
export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  /** How long each way takes. */
  oneWayMs: number;
  /** What was asked over it, where that is HTTP: method and path of each request. */
  readonly requests: string[] = [];

  private constructor(to: number, oneWayMs: number) {
    this.oneWayMs = oneWayMs;
    this.#server = createServer((from) => this.#join(from, to));
  }

  static async open(to: number, oneWayMs = 0): Promise<Wire> {
    const wire = new Wire(to, oneWayMs);
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing goes through, and what was connected is not any more. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(from: Socket, to: number): void {
    if (this.#isCut) {
      from.on("error", () => undefined).resetAndDestroy();
      return;
    }
    from.on("data", (piece) => this.#note(piece.toString("latin1")));
    const there = connect({ port: to, host: "127.0.0.1", noDelay: true });
    from.setNoDelay(true);
    for (const [one, other] of [
      [from, there],
      [there, from],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(this.#late()).pipe(other);
    }
  }

  #note(text: string): void {
    for (const [, request = ""] of text.matchAll(/^([A-Z]+ \S+) HTTP\/1\.1\r$/gm))
      this.requests.push(request);
  }

  /** Each piece is late by as much, and holds up none after it. */
  #late(): Transform {
    const { oneWayMs } = this;
    return new Transform({
      transform(piece, _encoding, next) {
        setTimeout(() => this.push(piece), oneWayMs);
        next();
      },
      flush(done) {
        setTimeout(done, oneWayMs);
      },
    });
  }
}
