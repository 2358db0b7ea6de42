import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { declared, type Result, startProvider } from "../support/provider-process";
import { MAYBE_CHARGED, NOTHING_CHARGED } from "../support/sentences";
import { listen } from "../support/servers";

/** A server that reads the whole request, counts it, and then does what the test says. */
async function endpoint(answer: (response: ServerResponse, request: IncomingMessage, count: number) => void) {
  const received: (IncomingMessage & { body?: unknown })[] = [];
  const port = await listen(
    http.createServer(async (request, response) => {
      const body = await text(request);
      received.push(Object.assign(request, { body }));
      answer(response, request, received.length);
    }),
  );
  return { url: `http://127.0.0.1:${port}`, received };
}

const buyFrom = async (url: string, config: Record<string, string> = {}): Promise<Result> =>
  (await startProvider(url, config)).buy();

/** Vercel's own error, and nothing besides. */
const LIMITED = '{"error":{"code":"rate_limited","message":"Too many requests"}}';
const BOUGHT = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "succeeded", total: "100.00" } });

describe("the one request", () => {
  test("is the documented one: method, path, query, body, bearer token and a user agent that names the package", async () => {
    const { url, received } = await endpoint((response) => response.end(BOUGHT));

    const result = await buyFrom(`${url}/prefix/`);

    expect(result).toMatchObject({ properties: { outcome: "bought", intentId: "pur_1", total: "100.00" } });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: "POST",
      url: "/prefix/v1/billing/buy?source=pulumi&slug=acme",
    });
    expect(received[0]?.headers).toMatchObject({
      authorization: "Bearer tok_1",
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^pulumi-vercel-credits\/\d+\.\d+\.\d+/),
    });
    expect(JSON.parse(String(received[0]?.body))).toEqual({
      item: { type: "credits", creditType: "gateway", amount: 100 },
    });
  });

  test("names a team by id where it is an id, and no team where none is given", async () => {
    const { url, received } = await endpoint((response) => response.end(BOUGHT));
    const provider = await startProvider(url);

    await provider.buy({ team: "team_1" });
    await provider.buy({ team: undefined });

    expect(received.map((request) => request.url)).toEqual([
      "/v1/billing/buy?source=pulumi&teamId=team_1",
      "/v1/billing/buy?source=pulumi",
    ]);
  });

  test("follows no redirect, so the token goes nowhere else", async () => {
    const other = await endpoint((response) => response.end(BOUGHT));
    const { url, received } = await endpoint((response) =>
      response.writeHead(307, { location: `${other.url}/v1/billing/buy` }).end(),
    );

    const result = await buyFrom(url);

    expect(result).toMatchObject({
      error: expect.stringContaining(MAYBE_CHARGED),
      properties: { outcome: "unknown" },
    });
    expect([received.length, other.received.length]).toEqual([1, 0]);
  });
});

describe("rate limiting (429)", () => {
  const limited = (seconds: string) => (response: ServerResponse, _request: IncomingMessage, count: number) =>
    count < 3 ? response.writeHead(429, { "retry-after": seconds }).end(LIMITED) : response.end(BOUGHT);

  test.each(["0", new Date(0).toUTCString()])(
    "is waited for as Retry-After says (%s), then bought once",
    async (retryAfter) => {
      const { url, received } = await endpoint(limited(retryAfter));

      expect(await buyFrom(url)).toMatchObject({ properties: { outcome: "bought" } });
      expect(received).toHaveLength(3);
    },
  );

  test("ends after three waits, as a refusal", async () => {
    const { url, received } = await endpoint((response) =>
      response.writeHead(429, { "retry-after": "0" }).end(LIMITED),
    );

    expect(await buyFrom(url)).toMatchObject({
      error: expect.stringContaining(NOTHING_CHARGED),
      properties: { outcome: "refused" },
    });
    expect(received).toHaveLength(4);
  });

  test("is not waited for beyond a minute", async () => {
    const { url, received } = await endpoint((response) =>
      response.writeHead(429, { "retry-after": "61" }).end(LIMITED),
    );

    expect(await buyFrom(url)).toMatchObject({ properties: { outcome: "refused" } });
    expect(received).toHaveLength(1);
  });

  test.each([
    ["a gateway's page", "<h1>Too Many Requests</h1>"],
    ["nothing", ""],
    ["an intent beside the error", '{"error":{"code":"rate_limited"},"purchaseIntent":{"id":"pur_1"}}'],
    ["a step of a purchase", '{"error":{"code":"purchase_confirm_failed","message":"x"}}'],
  ])("that says %s is in doubt, and sent no more", async (_what, body) => {
    const { url, received } = await endpoint((response) =>
      response.writeHead(429, { "retry-after": "0" }).end(body),
    );

    expect(await buyFrom(url)).toMatchObject({
      error: expect.stringContaining(MAYBE_CHARGED),
      properties: { outcome: "unknown" },
    });
    expect(received).toHaveLength(1);
  });

  test("followed by a lost connection is unknown, and sent no more", async () => {
    const { url, received } = await endpoint((response, _request, count) =>
      count === 1 ? response.writeHead(429, { "retry-after": "0" }).end(LIMITED) : response.destroy(),
    );

    expect(await buyFrom(url)).toMatchObject({
      error: expect.stringContaining(MAYBE_CHARGED),
      properties: { outcome: "unknown" },
    });
    expect(received).toHaveLength(2);
  });
});

describe("the request may have left: unknown, and never sent again", () => {
  test("no answer within vercelCredits:timeoutSeconds", async () => {
    const { url, received } = await endpoint(() => {});

    const result = await buyFrom(url, { "vercelCredits:timeoutSeconds": "0.3" });

    expect(result).toMatchObject({
      error: expect.stringMatching(/no answer within 0.3 seconds.*may have been/),
      properties: { outcome: "unknown" },
    });
    expect(received).toHaveLength(1);
  });

  test("an answer that drips too slowly keeps what arrived", async () => {
    const { url } = await endpoint(
      (response) => void response.writeHead(200, { "x-vercel-id": "iad1::7" }).write('{"purchaseIntent":'),
    );

    const result = await buyFrom(url, { "vercelCredits:timeoutSeconds": "0.5" });

    expect(result.properties).toMatchObject({
      outcome: "unknown",
      requestId: "iad1::7",
      answer: { text: '{"purchaseIntent":' },
    });
  });
});

describe("one process", () => {
  test("charges one at a time, and sends nothing more after an unknown outcome", async () => {
    let inFlight = 0;
    const most: number[] = [];
    const { url, received } = await endpoint((response, _request, count) => {
      most.push(++inFlight);
      setImmediate(() => {
        inFlight--;
        if (count === 2) response.destroy();
        else response.end(BOUGHT);
      });
    });
    const provider = await startProvider(url);

    const results = await Promise.all(["a", "b", "c", "d"].map((__label) => provider.buy({ __label })));

    expect(Math.max(...most)).toBe(1);
    expect(received).toHaveLength(2);
    expect(results.map((result) => result?.properties?.outcome).sort()).toEqual([
      "bought",
      "notSent",
      "notSent",
      "unknown",
    ]);
    const late = await provider.buy({ __label: "e" });
    expect(late).toEqual({
      error: expect.stringMatching(
        /The purchase ".*" of this update is in doubt, so nothing more is sent\. Nothing was charged\./,
      ),
    });
  });

  test("uses an order once: a second create under it sends nothing", async () => {
    const { url, received } = await endpoint((response) => response.end(BOUGHT));
    const provider = await startProvider(url);
    const inputs = declared();
    const { id: orderId } = await provider.create("order", inputs);

    const creates = [1, 2, 3].map(() => provider.create("purchase", { ...inputs, orderId }));
    const results = await Promise.all(creates);

    expect(received).toHaveLength(1);
    expect(results.filter((result) => result?.error?.includes(MAYBE_CHARGED))).toHaveLength(2);
  });

  test("refuses an order that says something else than the purchase", async () => {
    const { url, received } = await endpoint((response) => response.end(BOUGHT));
    const provider = await startProvider(url);
    const inputs = declared();
    const { id: orderId } = await provider.create("order", inputs);

    const result = await provider.create("purchase", { ...inputs, amount: 1000, orderId });

    expect(result).toMatchObject({
      error: expect.stringContaining(NOTHING_CHARGED),
      properties: { outcome: "notSent" },
    });
    expect(received).toHaveLength(0);
  });
});
