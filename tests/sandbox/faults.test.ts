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

test("a fault can be ordered for several requests", async () => {
  sandbox.misbehave("decline", { times: 2 });

  expect([(await buy()).status, (await buy()).status, (await buy()).status]).toEqual([402, 402, 200]);
});
