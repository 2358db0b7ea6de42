import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { ProviderProcess, type Result } from "../support/provider-process";
import { listen } from "../support/servers";

const BOUGHT = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "succeeded" } });
const notSent = {
  error: expect.stringContaining("Nothing was charged."),
  properties: { outcome: "notSent" },
};

let folder: string;
let certificate: { private: string; cert: string };
let provider: ProviderProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-"));
  certificate = await generate([{ name: "commonName", value: "localhost" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  writeFileSync(join(folder, "ca.pem"), certificate.cert);
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => provider?.stop());

/** An https endpoint that counts the requests that reached it. */
async function secureEndpoint(
  answer: (response: http.ServerResponse) => unknown = (response) => response.end(BOUGHT),
) {
  const received: string[] = [];
  const port = await listen(
    https.createServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
      received.push(request.headers.authorization ?? "");
      request.resume().once("end", () => answer(response));
    }),
  );
  return { url: `https://localhost:${port}`, port, received };
}

/** A proxy that tunnels, and writes down what it was asked and all that went through it. */
async function proxy() {
  const asked: string[] = [];
  const server = http.createServer().on("connect", (request, client: Socket) => {
    asked.push(`${request.method} ${request.url}`);
    const target = net.connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) socket.on("error", () => socket.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

async function buyFrom(url: string, env: Record<string, string> = {}): Promise<Result> {
  const trust: Record<string, string> = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  provider = await ProviderProcess.start(
    { "vercel:apiUrl": url, "vercel:apiToken": "tok_1" },
    { ...trust, ...env },
  );
  return provider.buy();
}

test("a certificate that is trusted is bought from", async () => {
  const { url, received } = await secureEndpoint();

  expect(await buyFrom(url)).toMatchObject({ properties: { outcome: "bought" } });
  expect(received).toEqual(["Bearer tok_1"]);
});

test("a certificate that nobody signed is refused before the token or the request leaves", async () => {
  const { url, received } = await secureEndpoint();

  expect(await buyFrom(url, { NODE_EXTRA_CA_CERTS: "" })).toMatchObject(notSent);
  expect(received).toEqual([]);
});

test("a certificate for another host is refused before the token or the request leaves", async () => {
  const { url, received } = await secureEndpoint();

  expect(await buyFrom(url.replace("localhost", "127.0.0.1"))).toMatchObject(notSent);
  expect(received).toEqual([]);
});

test("a secure connection cut after the request is unknown", async () => {
  const { url, received } = await secureEndpoint((response) => response.destroy());

  expect(await buyFrom(url)).toMatchObject({ properties: { outcome: "unknown" } });
  expect(received).toHaveLength(1);
});

describe("HTTPS_PROXY", () => {
  test("is used, and sees neither token nor request", async () => {
    const { url, port, received } = await secureEndpoint();
    const { url: HTTPS_PROXY, asked } = await proxy();

    expect(await buyFrom(url, { HTTPS_PROXY })).toMatchObject({ properties: { outcome: "bought" } });
    expect(asked).toEqual([`CONNECT localhost:${port}`]);
    expect(received).toHaveLength(1);
  });

  test("is not used for hosts in NO_PROXY", async () => {
    const { url, received } = await secureEndpoint();
    const { url: HTTPS_PROXY, asked } = await proxy();

    expect(await buyFrom(url, { HTTPS_PROXY, NO_PROXY: "localhost" })).toMatchObject({
      properties: { outcome: "bought" },
    });
    expect(asked).toEqual([]);
    expect(received).toHaveLength(1);
  });

  test("that breaks after CONNECT and before TLS leaves nothing charged", async () => {
    const { url, received } = await secureEndpoint();
    const port = await listen(
      http
        .createServer()
        .on("connect", (_request, client: Socket) => client.end("HTTP/1.1 200 Connected\r\n\r\n")),
    );

    expect(await buyFrom(url, { HTTPS_PROXY: `http://127.0.0.1:${port}` })).toMatchObject(notSent);
    expect(received).toEqual([]);
  });

  test("does not hide a certificate that is not trusted", async () => {
    const { url, received } = await secureEndpoint();
    const { url: HTTPS_PROXY } = await proxy();

    expect(await buyFrom(url, { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: "" })).toMatchObject(notSent);
    expect(received).toEqual([]);
  });
});
