import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

async function get(path: string, token: string | null = "sandbox") {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${sandbox.url}${path}`, { headers, redirect: "manual" });
  return { status: response.status, answer: await response.json().catch(() => undefined) };
}

async function buy(creditType: string, amount: number, team = "acme") {
  const { status } = await fetch(`${sandbox.url}/v1/billing/buy?slug=${team}`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox" },
    body: JSON.stringify({ item: { type: "credits", creditType, amount } }),
  });
  return status;
}

async function control(path: string, body: unknown) {
  const response = await fetch(`${sandbox.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() };
}

test("a team says its plan and the role of whose token asks; what may not be read is answered as Vercel would", async () => {
  expect(await get("/v2/teams/acme")).toMatchObject({
    status: 200,
    answer: { slug: "acme", billing: { plan: "pro" }, membership: { role: "MEMBER" } },
  });
  expect(await get("/v2/teams/hobby-x", "sandbox-viewer")).toMatchObject({
    status: 200,
    answer: { billing: { plan: "hobby" }, membership: { role: "VIEWER" } },
  });
  expect(await get("/v2/teams/unknown-team")).toMatchObject({
    status: 404,
    answer: { error: { code: "not_found" } },
  });
  expect((await get("/v2/teams/acme", "sandbox-expired")).status).toBe(401);
  expect((await get("/v2/teams/acme", null)).status).toBe(401);
});

test("the hobby plan buys AI Gateway credits only", async () => {
  expect(await buy("v0", 5, "hobby-x")).toBe(400);
  expect(await buy("agent", 5, "hobby-x")).toBe(400);
  expect(await buy("gateway", 5, "hobby-x")).toBe(200);
  expect(sandbox.charges()).toHaveLength(1);
});

test("purchases add to the balances and use takes from them, the oldest v0 credits first", async () => {
  await buy("gateway", 100);
  await buy("v0", 30);
  await buy("v0", 20);
  expect((await control("/sandbox/use", { creditType: "gateway", dollars: "0.10" })).status).toBe(200);
  expect((await control("/sandbox/use", { creditType: "v0", dollars: "31.50" })).status).toBe(200);

  expect(await get("/v1/credits")).toEqual({
    status: 200,
    answer: { balance: "99.90", total_used: "0.10" },
  });
  expect(await get("/v1/user/billing")).toMatchObject({
    answer: {
      data: {
        onDemand: {
          balance: 18.5,
          blocks: [
            { originalBalance: 30, currentBalance: 0 },
            { originalBalance: 20, currentBalance: 18.5 },
          ],
        },
      },
    },
  });
  expect((await get("/v1/credits", null)).status).toBe(401);
  expect(sandbox.reads()).toEqual({ team: 0, "gateway-balance": 2, "v0-balance": 1 });
});

test("a read can be told to misbehave, once, without touching purchases or other reads", async () => {
  await control("/sandbox/next", { on: "team", fault: "status", status: 503 });

  expect((await get("/v1/credits")).status).toBe(200);
  expect(await buy("v0", 5)).toBe(200);
  expect((await get("/v2/teams/acme")).status).toBe(503);
  expect((await get("/v2/teams/acme")).status).toBe(200);
});

test.each([
  ["/sandbox/next", { on: "elsewhere", fault: "garbage" }, /team/],
  ["/sandbox/next", { on: "team", fault: "cut-after-charge" }, /garbage/],
  ["/sandbox/use", { creditType: "agent", dollars: "1" }, /creditType/],
  ["/sandbox/use", { creditType: "v0", dollars: "-1" }, /dollars/],
])("%s %j is refused with what it takes", async (path, body, says) => {
  const { status, answer } = await control(path, body);
  expect(status).toBe(400);
  expect(answer).toMatchObject({ error: expect.stringMatching(says) });
});
