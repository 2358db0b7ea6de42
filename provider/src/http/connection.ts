import { EventEmitter, once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { getProxyForUrl } from "proxy-from-env";

/** How long name resolution, the connection, the proxy and TLS may take together. No money is at stake there. */
const CONNECT_SECONDS = 15;

/**
 * One connection for one request, which knows whether any byte of the request can have left.
 *
 * HTTP is given the socket only once it is ready to carry the request: connected, through the proxy, and with
 * the server's certificate accepted. So a request that fails while `mayCarryRequest` is false can't have been
 * sent, whatever its error is called; after that, nobody can tell, and it counts as sent.
 */
export class Connection {
  readonly agent: http.Agent;
  #mayCarryRequest = false;
  #wasTooLate = false;
  #closed = false;

  /** @param mayStillSend Asked at the last moment, when the connection stands: making it can take long. */
  constructor(url: URL, mayStillSend: () => boolean = () => true) {
    // Not kept alive: a connection that carried one request carries no other, whatever state it was left in.
    this.agent = new (url.protocol === "https:" ? https : http).Agent({ keepAlive: false });
    this.agent.createConnection = (options, handOver) => {
      openSocket(url, options).then(
        (socket) => {
          if (this.#closed) {
            socket.destroy();
            return;
          }
          if (!mayStillSend()) {
            this.#wasTooLate = true;
            socket.destroy();
            handOver?.(new Error("the connection came too late"), undefined as never);
            return;
          }
          this.#mayCarryRequest = true;
          handOver?.(null, socket);
        },
        (error: Error) => handOver?.(error, undefined as never),
      );
      return undefined;
    };
  }

  get mayCarryRequest(): boolean {
    return this.#mayCarryRequest;
  }

  /** No request was carried because `mayStillSend` said no. */
  get wasTooLate(): boolean {
    return this.#wasTooLate;
  }

  /** From now on no socket is handed over, so that what `mayCarryRequest` says stays true. */
  close(): void {
    this.#closed = true;
    this.agent.destroy();
  }
}

async function openSocket(url: URL, options: http.ClientRequestArgs): Promise<net.Socket> {
  const signal = AbortSignal.timeout(CONNECT_SECONDS * 1000);
  const proxy = url.protocol === "https:" ? getProxyForUrl(url.href) : "";
  const socket = proxy ? await throughProxy(proxy, options, signal) : directly(url, options);
  // Without a listener an error between two steps would end the process, and with it the record of a charge.
  socket.on("error", () => {});
  try {
    await once(socket, url.protocol === "https:" ? "secureConnect" : "connect", { signal });
    if (socket.destroyed) throw new Error("the connection was closed at once");
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? noAnswer() : error;
  }
}

function directly(url: URL, options: http.ClientRequestArgs): net.Socket {
  return url.protocol === "https:"
    ? tls.connect(options as tls.ConnectionOptions)
    : net.connect(options as net.TcpNetConnectOpts);
}

async function throughProxy(
  proxy: string,
  options: http.ClientRequestArgs,
  signal: AbortSignal,
): Promise<net.Socket> {
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  // The library tells the request about the tunnel; ours is told through the socket, so it gets a stand-in.
  const request = new EventEmitter() as unknown as http.ClientRequest;
  const agent = new HttpsProxyAgent(proxy, { signal } as object);
  const tunnel = agent.connect(request, { ...options, secureEndpoint: true } as never);
  const socket = await tunnel.catch((error: Error) => {
    throw signal.aborted ? noAnswer() : new Error(`through the proxy: ${error.message}`, { cause: error });
  });
  // Refused by the proxy: the library hands out a socket that replays the proxy's words, and is no tunnel.
  if (!(socket instanceof tls.TLSSocket)) throw new Error("the proxy refused to connect to it");
  return socket;
}

function noAnswer(): Error {
  return new Error(`no connection within ${CONNECT_SECONDS} seconds`);
}
