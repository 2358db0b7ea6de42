import { createServer, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { buy } from "../../provider/src/charge/buy";
import { judge } from "../../provider/src/charge/judge";
import { listen } from "../support/servers";

// Waits are noted, and over at once.
jest.mock("node:timers/promises", () => ({
  ...jest.requireActual("node:timers/promises"),
  setTimeout: jest.fn(async () => undefined),
}));

const ORDER = { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 } as const;
const BOUGHT = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "succeeded" } });
const LIMITED = JSON.stringify({ error: { code: "rate_limited", message: "Too many requests." } });

/** A server that counts what arrives, and answers each request in its turn. */
async function endpoint(...answers: ((response: ServerResponse) => void)[]) {
  const counted = { requests: 0 };
  const server = createServer((request, response) => {
    request.resume().on("end", () => answers[Math.min(counted.requests++, answers.length - 1)]?.(response));
  });
  const port = await listen(server);
  const stop = () => new Promise((closed) => server.close(closed));
  const apiUrl = new URL(`http://127.0.0.1:${port}`);
  return { counted, stop, endpoint: { apiUrl, token: "tok_1", timeoutSeconds: 10 } };
}

const limited =
  (body: string, seconds = "0") =>
  (response: ServerResponse) =>
    void response.writeHead(429, { "retry-after": seconds }).end(body);
const bought = (response: ServerResponse) => void response.end(BOUGHT);

test("Vercel's own rate limit is waited for, then bought once", async () => {
  const { endpoint: at, counted } = await endpoint(limited(LIMITED), limited(LIMITED), bought);

  expect(judge(await buy(ORDER, at)).outcome).toBe("bought");
  expect(counted.requests).toBe(3);
});

test("it is waited for three times, and is then a refusal", async () => {
  const { endpoint: at, counted } = await endpoint(limited(LIMITED));

  expect(judge(await buy(ORDER, at)).outcome).toBe("refused");
  expect(counted.requests).toBe(4);
});

test("it is waited for a minute in all, and is then a refusal", async () => {
  jest.mocked(pause).mockClear();
  const { endpoint: at, counted } = await endpoint(limited(LIMITED, "25"));

  expect(judge(await buy(ORDER, at)).outcome).toBe("refused");
  expect(jest.mocked(pause).mock.calls).toEqual([[25_000], [25_000]]);
  expect(counted.requests).toBe(3);
});

test.each([
  ["a block page", "<html>Too many requests</html>"],
  ["nothing", ""],
  ["a code elsewhere", '{"code":"rate_limited"}'],
  ["an error beside an intent", `${LIMITED.slice(0, -1)},${BOUGHT.slice(1)}`],
  ["a step of a purchase", '{"error":{"code":"purchase_complete_failed"}}'],
])("429 with %s is never sent again, and is unknown", async (_what, body) => {
  const { endpoint: at, counted } = await endpoint(limited(body));

  expect(judge(await buy(ORDER, at)).outcome).toBe("unknown");
  expect(counted.requests).toBe(1);
});

test("429 that is cut off is never sent again, and is unknown", async () => {
  const { endpoint: at, counted } = await endpoint((response) => {
    response.writeHead(429, { "retry-after": "0", "content-length": LIMITED.length + 1 });
    response.write(LIMITED, () => response.socket?.end());
  });

  expect(judge(await buy(ORDER, at)).outcome).toBe("unknown");
  expect(counted.requests).toBe(1);
});

test("a repeat that is lost is unknown, and sent no more", async () => {
  const { endpoint: at, counted } = await endpoint(limited(LIMITED), (response) => void response.destroy());

  expect(judge(await buy(ORDER, at)).outcome).toBe("unknown");
  expect(counted.requests).toBe(2);
});

test("where it may not be sent any more, the first request doesn't leave", async () => {
  const { endpoint: at, counted } = await endpoint(bought);

  const result = judge(await buy(ORDER, at, () => false));

  expect(result).toEqual({ outcome: "notSent", receipt: {}, cause: { kind: "leaseEnded" } });
  expect(counted.requests).toBe(0);
});

test.each([1, 2])(
  "nor does a repeat, and the 429 stays what was answered (asked %i times before)",
  async (times) => {
    const { endpoint: at, counted } = await endpoint(limited(LIMITED), bought);
    let asked = 0;

    const result = judge(await buy(ORDER, at, () => asked++ < times));

    expect(result).toMatchObject({ outcome: "refused", cause: { httpStatus: 429, code: "rate_limited" } });
    expect(counted.requests).toBe(1);
  },
);

test("a repeat that can't connect leaves the 429 as what was answered", async () => {
  const {
    endpoint: at,
    counted,
    stop,
  } = await endpoint((response) => {
    limited(LIMITED)(response);
    void stop();
  });

  expect(judge(await buy(ORDER, at))).toMatchObject({ outcome: "refused", cause: { httpStatus: 429 } });
  expect(counted.requests).toBe(1);
});
