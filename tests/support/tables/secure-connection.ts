import { writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type Socket } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { says } from "../hostile";
import type { ModelledProject } from "../modelled-project";
import { type Part, partOf, single } from "../part";
import { expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../sentences";
import { listen } from "../servers";
import { newModel } from "../stack";

const BOUGHT = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "succeeded" } });
const DAY_MS = 24 * 3600 * 1000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

interface Endpoint {
  readonly url: string;
  /** The certificate that is trusted. */
  readonly cert: string;
  /** The requests that reached it. */
  readonly received: string[];
}

/** An https endpoint with a certificate of its own. By default it hangs up after the request. */
async function secureEndpoint(
  answer: (response: http.ServerResponse, request: http.IncomingMessage) => void = (response) =>
    response.socket?.destroy(),
  host = "localhost",
  days: { notBeforeDate?: Date; notAfterDate?: Date } = {},
): Promise<Endpoint> {
  const { private: key, cert } = await generate([{ name: "commonName", value: host }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: host }] }],
    ...days,
  });
  const received: string[] = [];
  const server = https.createServer({ key, cert }, (request, response) => {
    received.push(`${request.method} ${request.headers.authorization}`);
    request.resume().once("end", () => answer(response, request));
  });
  return { url: `https://localhost:${await listen(server)}`, cert, received };
}

const sells = (response: http.ServerResponse, { method }: http.IncomingMessage) =>
  response.end(method === "POST" ? BOUGHT : "{}");
const hangsUp = undefined;

/** A project that trusts a certificate and buys there. */
function trusting({ url, cert }: Pick<Endpoint, "url" | "cert">, env: Record<string, string> = {}) {
  const project = newModel({ VERCEL_API_URL: url, VERCEL_API_TOKEN: "tok_1", ...env });
  project.env.NODE_EXTRA_CA_CERTS = join(project.folder, "ca.pem");
  writeFileSync(project.env.NODE_EXTRA_CA_CERTS, cert);
  return project;
}

/** Found by the preflight check, nothing is kept; without it, the purchase itself says the same and is kept. */
async function expectNothingSent(project: ModelledProject) {
  const first = await project.up("--skip-preview");
  expect(first.code).not.toBe(0);
  expect(sentencesOf(first)).toEqual([NOTHING_CHARGED]);
  expectReadable(first);
  expect(project.outputs()).toBeUndefined();

  project.config("vercelCredits:preflight", "off");
  const second = await project.up("--skip-preview");
  expect(second.code).not.toBe(0);
  expect(sentencesOf(second)).toEqual([NOTHING_CHARGED]);
  expect(project.outputs()).toMatchObject({ outcome: "notSent" });
}

/** A proxy, what it does with whoever asks for a tunnel, and what it was asked. */
async function proxy(answer: (client: Socket, target: string) => void) {
  const asked: string[] = [];
  const server = http.createServer().on("connect", (request, client: Socket) => {
    client.on("error", () => client.destroy());
    asked.push(`${request.method} ${request.url}`);
    answer(client, request.url ?? "");
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

function tunnels(client: Socket, target: string) {
  const upstream = net.connect(Number(target.split(":")[1]), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connected\r\n\r\n");
    client.pipe(upstream).pipe(client);
  });
  upstream.on("error", () => client.destroy());
}

export function testSecureConnections(part: Part): void {
  single(part)("a certificate that is trusted is bought from", async () => {
    const endpoint = await secureEndpoint(sells);

    expect(await trusting(endpoint).up("--skip-preview")).toMatchObject({ code: 0 });
    expect(endpoint.received).toEqual(["GET Bearer tok_1", "POST Bearer tok_1"]);
  });

  single(part)("a secure connection cut after the request is unknown", async () => {
    const endpoint = await secureEndpoint(hangsUp);
    const project = trusting(endpoint);

    expect(sentencesOf(await project.up("--skip-preview"))).toEqual([MAYBE_CHARGED]);
    expect(project.outputs()).toMatchObject({ outcome: "unknown" });
    expect(endpoint.received).toHaveLength(2);
  });

  describe("a certificate or a handshake that is wrong sends neither token nor order", () => {
    const without = async (server: net.Server) => ({
      url: `https://localhost:${await listen(server)}`,
      cert: "",
      received: [],
    });
    test.each(
      partOf<[string, () => Promise<Endpoint>]>(part, 3, [
        ["signed by nobody", async () => ({ ...(await secureEndpoint(sells)), cert: "" })],
        ["of another host", () => secureEndpoint(sells, "example.com")],
        [
          "of another name of this machine",
          async () => {
            const endpoint = await secureEndpoint(sells);
            return { ...endpoint, url: endpoint.url.replace("localhost", "127.0.0.1") };
          },
        ],
        [
          "expired",
          () => secureEndpoint(sells, "localhost", { notBeforeDate: ago(9), notAfterDate: ago(2) }),
        ],
        [
          "not valid yet",
          () => secureEndpoint(sells, "localhost", { notBeforeDate: ago(-2), notAfterDate: ago(-9) }),
        ],
        ["a server without TLS", () => without(http.createServer())],
        [
          "a server that hangs up in the handshake",
          () => without(net.createServer((socket) => socket.once("data", () => socket.destroy()))),
        ],
      ]),
    )("%s", async (_what, start) => {
      const endpoint = await start();

      await expectNothingSent(trusting(endpoint));
      expect(endpoint.received).toEqual([]);
    });
  });

  single(part)("a name that does not resolve sends nothing", async () => {
    await expectNothingSent(newModel({ VERCEL_API_URL: "https://no-such-host.invalid" }));
  });

  describe("HTTPS_PROXY", () => {
    single(part)("is used, and sees neither token nor request", async () => {
      const endpoint = await secureEndpoint(sells);
      const { url: HTTPS_PROXY, asked } = await proxy(tunnels);

      expect(await trusting(endpoint, { HTTPS_PROXY }).up("--skip-preview")).toMatchObject({ code: 0 });
      const { host } = new URL(endpoint.url);
      expect(asked).toEqual([`CONNECT ${host}`, `CONNECT ${host}`]);
      expect(endpoint.received).toHaveLength(2);
    });

    single(part)("is not used for hosts in NO_PROXY", async () => {
      const endpoint = await secureEndpoint(sells);
      const { url: HTTPS_PROXY, asked } = await proxy(tunnels);
      const project = trusting(endpoint, { HTTPS_PROXY, NO_PROXY: "localhost" });

      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      expect(asked).toEqual([]);
    });

    single(part)("does not hide a certificate that is not trusted", async () => {
      const { url, received } = await secureEndpoint(sells);
      const { url: HTTPS_PROXY } = await proxy(tunnels);

      await expectNothingSent(trusting({ url, cert: "" }, { HTTPS_PROXY }));
      expect(received).toEqual([]);
    });

    test.each(
      partOf<[string, () => Promise<string>]>(part, 3, [
        ["that is not there", async () => "http://127.0.0.1:1"],
        ["that asks for a password", async () => (await proxy(says("HTTP/1.1 407 Who\r\n\r\n"))).url],
        ["that refuses", async () => (await proxy(says("HTTP/1.1 403 Forbidden\r\n\r\n"))).url],
        ["that can't reach Vercel", async () => (await proxy(says("HTTP/1.1 502 Bad\r\n\r\n"))).url],
        ["that hangs up at once", async () => (await proxy((client) => client.destroy())).url],
        ["that answers no HTTP", async () => (await proxy(says("hello\r\n\r\n"))).url],
        [
          "that hangs up after it connected",
          async () => (await proxy(says("HTTP/1.1 200 Connected\r\n\r\n"))).url,
        ],
      ]),
    )("%s sends nothing", async (_what, start) => {
      await expectNothingSent(
        newModel({ VERCEL_API_URL: "https://localhost:9", HTTPS_PROXY: await start() }),
      );
    });

    single(part)("that breaks after the request has left: unknown, and sent once", async () => {
      const endpoint = await secureEndpoint(hangsUp);
      const { url: HTTPS_PROXY, asked } = await proxy(tunnels);
      const project = trusting(endpoint, { HTTPS_PROXY });

      const run = await project.up("--skip-preview");
      await project.up("--skip-preview");

      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expect(project.outputs()).toMatchObject({ outcome: "unknown" });
      expect(endpoint.received).toHaveLength(2); // the check's, and the one that buys
      expect(asked).toHaveLength(2);
    });
  });
}
