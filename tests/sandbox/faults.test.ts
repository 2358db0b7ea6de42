import { type Fault, type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { FAULTS } from "../../provider/src/sandbox/faults";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const buy = (signal?: AbortSignal) =>
  fetch(`${sandbox.url}/v1/billing/buy?slug=acme`, {
    method: "POST",
    redirect: "manual",
    headers: { authorization: "Bearer sandbox" },
    body: JSON.stringify({ item: { type: "credits", creditType: "gateway", amount: 100 } }),
    ...(signal && { signal }),
  });

const intent = (body: string): Record<string, unknown> => JSON.parse(body).purchaseIntent;

test.each(Object.keys(FAULTS) as Fault[])(
  "%s charges as it says, and only the next request meets it",
  async (fault) => {
    sandbox.misbehave(fault, { milliseconds: 1 });
    const judged = sandbox.nextRequest();
    const request = new AbortController();
    const answered = buy(request.signal).then((response) => response.text());

    await Promise.allSettled(fault === "never-answer" ? [judged] : [judged, answered]);
    const charges = sandbox.charges().length;
    request.abort();
    await answered.catch(() => {});
    const next = await buy();

    expect(charges).toBe(FAULTS[fault].charges ? 1 : 0);
    expect(next.status).toBe(200);
    expect(sandbox.charges()).toHaveLength(charges + 1);
  },
);

test.each<[Fault, number]>([
  ["500-after-charge", 500],
  ["502-after-charge", 502],
  ["redirect", 307],
  ["complete-failed", 402],
])("%s answers %i", async (fault, status) => {
  sandbox.misbehave(fault);

  expect((await buy()).status).toBe(status);
});

test.each<[Fault, string, (body: string) => boolean]>([
  ["502-after-charge", "HTML", (body) => body.startsWith("<h1>")],
  ["garbage", "HTML", (body) => body.startsWith("<!doctype html>")],
  ["empty", "nothing", (body) => body === ""],
  ["pending", "an intent that is pending", (body) => intent(body).status === "pending"],
  ["failed", "an intent that failed", (body) => intent(body).status === "failed"],
  ["unknown-status", "a status that is new", (body) => intent(body).status === "processing"],
  ["unknown-kind", "no known kind of intent", (body) => !body.includes("purchaseIntent")],
  ["extra-fields", "a whole purchase and more", (body) => intent(body).total === "100.00"],
  [
    "missing-optional",
    "id and status alone",
    (body) => Object.keys(intent(body)).join() === "id,status" && intent(body).status === "succeeded",
  ],
  ["no-status", "an id alone", (body) => Object.keys(intent(body)).join() === "id"],
  ["money-as-number", "a number with its zeros", (body) => body.includes('"total":100.00,')],
  ["escape-sequences", "escape sequences", (body) => String(intent(body).total).includes("\u001b[2J")],
  ["echo-token", "the token", (body) => body.includes("Bearer sandbox")],
])("%s answers with %s", async (fault, _what, fits) => {
  sandbox.misbehave(fault);
  const body = await (await buy()).text();

  expect(fits(body) ? "fits" : body).toBe("fits");
});

test("the intent that is answered is the one that was charged", async () => {
  sandbox.misbehave("pending");
  sandbox.misbehave("missing-optional");
  const answered = [await buy(), await buy(), await buy()].map(async (response) =>
    intent(await response.text()),
  );

  expect((await Promise.all(answered)).map(({ id }) => id)).toEqual(
    sandbox.charges().map(({ intentId }) => intentId),
  );
});

test.each<Fault>(["cut-before-charge", "cut-after-charge", "cut-in-head", "cut-in-body"])(
  "%s breaks the connection",
  async (fault) => {
    sandbox.misbehave(fault);

    await expect(buy().then((response) => response.text())).rejects.toThrow();
  },
);

test("an oversized answer is over 1 MiB", async () => {
  sandbox.misbehave("oversized");

  expect((await (await buy()).text()).length).toBeGreaterThan(1024 * 1024);
});

test("status answers any status, and charges where it is told to", async () => {
  sandbox.misbehave("status", { status: 418, code: "teapot" });
  sandbox.misbehave("status", { status: 503, charge: true });

  const refused = await buy();
  expect([refused.status, await refused.json()]).toEqual([
    418,
    expect.objectContaining({ error: expect.objectContaining({ code: "teapot" }) }),
  ]);
  expect(sandbox.charges()).toHaveLength(0);
  expect((await buy()).status).toBe(503);
  expect(sandbox.charges()).toHaveLength(1);
});

test("slow answers late, and never-answer not at all", async () => {
  sandbox.misbehave("slow", { milliseconds: 200 });
  sandbox.misbehave("never-answer");
  const start = performance.now();

  expect((await buy()).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(190);
  await expect(buy(AbortSignal.timeout(300))).rejects.toThrow(/timeout/);
  expect(sandbox.charges()).toHaveLength(2);
});

test("answer answers what it is told, byte by byte, and charges where it is told to", async () => {
  const block = "<html>Blocked</html>";
  sandbox.misbehave("answer", { status: 403, body: block, headers: { "X-Vercel-Id": "x".repeat(600) } });
  sandbox.misbehave("answer", {
    status: 402,
    charge: true,
    body: { purchaseIntent: { id: "pur_1" }, error: { message: "\ud83d" } },
  });
  sandbox.misbehave("answer", { status: 429, headers: { "retry-after": "0" } });

  const blocked = await buy();
  expect([blocked.status, await blocked.text(), sandbox.charges().length]).toEqual([403, block, 0]);
  expect(blocked.headers.get("x-vercel-id")).toBe("x".repeat(600));
  expect(blocked.headers.get("content-type")).toBe("text/html");
  const both = await buy();
  expect([both.status, sandbox.charges().length]).toEqual([402, 1]);
  expect(await both.text()).toBe('{"purchaseIntent":{"id":"pur_1"},"error":{"message":"\\ud83d"}}');
  const limited = await buy();
  expect([limited.headers.get("retry-after"), await limited.text()]).toEqual(["0", ""]);
});

test("answer can be ordered by another process", async () => {
  const order = {
    fault: "answer",
    status: 400,
    body: { error: { code: "x" } },
    headers: { "x-vercel-id": "y" },
  };
  const ordered = await fetch(`${sandbox.url}/sandbox/next`, { method: "POST", body: JSON.stringify(order) });
  const answered = await buy();

  expect(ordered.status).toBe(200);
  expect([answered.status, answered.headers.get("x-vercel-id"), await answered.json()]).toEqual([
    400,
    "y",
    { error: { code: "x" } },
  ]);
});

test("only status and answer can be told to charge: the others do as the table says", async () => {
  sandbox.misbehave("decline", { charge: true });

  expect((await buy()).status).toBe(402);
  expect(sandbox.charges()).toEqual([]);
});

test("a request that is refused on its own account leaves the fault to the next", async () => {
  sandbox.misbehave("decline");
  const anonymous = await fetch(`${sandbox.url}/v1/billing/buy`, { method: "POST" });

  expect([anonymous.status, (await buy()).status, (await buy()).status]).toEqual([401, 402, 200]);
});

test("a fault that does not exist is an error where it is ordered, not a purchase that goes well", () => {
  expect(() => sandbox.misbehave("cut-after-charg" as Fault)).toThrow(/cut-after-charg is no fault/);
});

test("a charge can be told to go wrong several times", async () => {
  sandbox.misbehave("500-after-charge", { times: 2 });

  expect([(await buy()).status, (await buy()).status, (await buy()).status]).toEqual([500, 500, 200]);
  expect(sandbox.charges()).toHaveLength(3);
});

test("a fault can be ordered for several requests", async () => {
  sandbox.misbehave("decline", { times: 2 });

  expect([(await buy()).status, (await buy()).status, (await buy()).status]).toEqual([402, 402, 200]);
});
