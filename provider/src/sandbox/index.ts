import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { printable } from "../domain/messages";
import { errorBody, purchaseIntent } from "./answers";
import { gatewayBalance, Used, v0Balance } from "./balances";
import { control } from "./control";
import { listTeams, type Refused, readOrder, readTeam, readUser, refusedToken } from "./endpoint";
import { FAULTS, type Fault, type FaultOptions } from "./faults";
import { type Charge, Ledger, randomId } from "./ledger";
import { READ_FAULTS, type Read, type ReadFault } from "./read-faults";
import { send } from "./wire";

export type { Fault, FaultOptions } from "./faults";
export type { Charge } from "./ledger";
export type { Read, ReadFault } from "./read-faults";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Default: 0, any port that is free. */
  readonly port?: number;
  /** Keeps the charges in this file, a JSON object a line, so that they outlive the sandbox. Default: in memory. */
  readonly chargesFile?: string;
  /** The teams that exist. Default: every team whose name does not begin with `unknown`. */
  readonly teams?: readonly string[];
}

/** A request to buy, as it arrived. */
export interface BuyRequest {
  /** `POST`, unless the client is wrong. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The header of that name, by which clients can be told apart. */
  readonly userAgent: string | undefined;
}

/**
 * A local stand-in for `POST /v1/billing/buy`, which counts what a real card would have been charged, and for the
 * requests around it: `GET /v2/teams/{team}`, the balances of the AI Gateway (`/v1/credits`) and v0
 * (`/v1/user/billing`), which a purchase moves, and what Vercel's own command line asks before it buys (`/v2/user`
 * and the list of teams).
 */
export interface Sandbox {
  /** To set as `VERCEL_API_URL`. It listens on this machine only. */
  readonly url: string;
  /** What was charged, oldest first. */
  charges(): readonly Charge[];
  /** Every request to the buy endpoint, whatever came of it. */
  requests(): readonly BuyRequest[];
  /** Resolves when the next request to buy has been judged, and charged where it is. */
  nextRequest(): Promise<void>;
  /** Makes the next request that may buy (or the next `times`) go wrong. What is ordered later comes later. */
  misbehave(fault: Fault, options?: FaultOptions): void;
  /** Makes the next request that only reads go wrong, in one of the ways that fit it. */
  misbehaveOn(read: Read, fault: ReadFault, options?: FaultOptions): void;
  /** How often each request that only reads was made. */
  reads(): Readonly<Record<Read, number>>;
  /** Uses up some of the credits that were bought: a decimal string, such as `3.21`. */
  use(creditType: "gateway" | "v0", dollars: string): void;
  /** Calls back for every line that a person who watches would want to read. */
  onNews(listener: (line: string) => void): void;
  /** Stops listening, and ends all connections. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox of the endpoint that its own page describes: every answer on the documented paths fits the
 * documented schemas. No money moves.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const ledger = new Ledger(options.chargesFile);
  const requests: BuyRequest[] = [];
  const faults: { fault: Fault; options: FaultOptions }[] = [];
  const reads: Record<Read, number> = { team: 0, "gateway-balance": 0, "v0-balance": 0 };
  const readFaults: { read: Read; fault: ReadFault; options: FaultOptions }[] = [];
  const used = new Used();
  const events = new EventEmitter();
  // A request names the team as it likes; whoever prints the line must not obey it.
  const news = (line: string) => void events.emit("news", printable(line));

  const app = new Hono<{ Bindings: HttpBindings }>();

  app.post("/v1/billing/buy", async (c) => {
    const { incoming, outgoing } = c.env;
    const requestId = `local1::${randomId()}`;
    requests.push({ method: "POST", url: incoming.url ?? "", userAgent: incoming.headers["user-agent"] });
    const order = await readOrder(c, options.teams);
    if ("status" in order) {
      news(`${order.status} ${order.body.error.message}`);
      events.emit("request");
      return send(outgoing, order, requestId);
    }
    const next = faults.shift();
    const misbehaviour = next && FAULTS[next.fault];
    const charges = misbehaviour
      ? misbehaviour.charges || (misbehaviour.asTold === true && next.options.charge === true)
      : true;
    const charge = charges ? ledger.record(order) : undefined;
    if (charge)
      news(
        `charged $${charge.amount} of ${charge.creditType} credits to ${charge.team} (${charge.intentId})`,
      );
    if (misbehaviour) news(`misbehaves: ${misbehaviour.says}`);
    const wire = misbehaviour
      ? misbehaviour.answer(order, charge, next.options, incoming.headers.authorization ?? "")
      : { body: purchaseIntent(order, "succeeded", charge?.intentId) };
    events.emit("request");
    return send(outgoing, wire, requestId);
  });

  /** A request that only reads: nothing of it is charged, whatever goes wrong. */
  const read =
    (what: Read, answer: (c: Context) => Refused | { body: object }) =>
    (c: Context<{ Bindings: HttpBindings }>) => {
      reads[what]++;
      const wire = answer(c);
      const at = readFaults.findIndex((one) => one.read === what);
      const [next] = "status" in wire || at < 0 ? [] : readFaults.splice(at, 1);
      if (next) news(`misbehaves on ${what}: ${next.fault}`);
      return send(
        c.env.outgoing,
        next ? READ_FAULTS[next.fault](wire.body, next.options) : wire,
        `local1::${randomId()}`,
      );
    };
  // Vercel's command line asks for a team without the version.
  for (const path of ["/v2/teams/:team", "/teams/:team"]) {
    app.get(
      path,
      read("team", (c) => readTeam(c, options.teams)),
    );
  }
  app.get(
    "/v1/credits",
    read("gateway-balance", (c) => refusedToken(c) ?? { body: gatewayBalance(ledger.charges, used) }),
  );
  app.get(
    "/v1/user/billing",
    read("v0-balance", (c) => refusedToken(c) ?? { body: v0Balance(ledger.charges, used) }),
  );

  for (const path of ["/v1/teams", "/v2/teams"]) {
    app.get(path, (c) => send(c.env.outgoing, listTeams(c, options.teams), `local1::${randomId()}`));
  }
  app.get("/v2/user", (c) => send(c.env.outgoing, readUser(c), `local1::${randomId()}`));

  const sandbox = {
    reads: () => ({ ...reads }),
    use: (creditType: "gateway" | "v0", dollars: string) => used.add(creditType, dollars),
    misbehaveOn(read: Read, fault: ReadFault, { times = 1, ...rest }: FaultOptions = {}) {
      if (!Object.hasOwn(READ_FAULTS, fault))
        throw new TypeError(`${fault} is no fault of a request that reads`);
      for (let i = 0; i < times; i++) readFaults.push({ read, fault, options: rest });
    },
    charges: () => ledger.charges.slice(),
    requests: () => requests.slice(),
    nextRequest: async () => void (await once(events, "request")),
    misbehave(fault: Fault, { times = 1, ...rest }: FaultOptions = {}) {
      if (!Object.hasOwn(FAULTS, fault)) throw new TypeError(`${fault} is no fault of the sandbox`);
      for (let i = 0; i < times; i++) faults.push({ fault, options: rest });
    },
    onNews: (listener: (line: string) => void) => void events.on("news", listener),
  };
  app.route(
    "/",
    control(sandbox, () => {
      faults.splice(0);
      readFaults.splice(0);
    }),
  );
  const refuse = (c: Context, status: 404 | 405, code: string, message: string) =>
    c.json(errorBody(code, message), status, { "x-vercel-id": `local1::${randomId()}` });
  app.all("/v1/billing/buy", (c) => refuse(c, 405, "method_not_allowed", "Use POST."));
  app.notFound((c) => refuse(c, 404, "not_found", "The sandbox does not serve this."));

  const server = createAdaptorServer({ fetch: app.fetch });
  // Node's 5 seconds are less than a client on a busy machine takes from one request to the next: its purchase would
  // meet a connection that has just been closed, and the count of what it repeats would depend on the machine.
  if ("keepAliveTimeout" in server) server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...sandbox,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      ledger.close();
    },
  };
}
