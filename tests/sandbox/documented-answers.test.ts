import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import Ajv from "ajv";
import { type Fault, type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { ProviderProcess } from "../support/provider-process";
import { listen } from "../support/servers";

/** The schemas of the endpoint's own page, as it stands: the request's body, then the 200 answer. */
const page = readFileSync(join(__dirname, "purchase-credits.md"), "utf8");
const [requestSchema, answerSchema] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json]) =>
  JSON.parse(json ?? ""),
);
const ajv = new Ajv({ allErrors: true });
const fitsRequest = ajv.compile(requestSchema);
const fitsAnswer = ajv.compile(answerSchema);

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const BODY = { item: { type: "credits", creditType: "gateway", amount: 100 } };

async function buy({
  query = "slug=acme&source=test",
  token = "Bearer sandbox" as string | null,
  body = BODY as unknown,
} = {}) {
  const response = await fetch(`${sandbox.url}/v1/billing/buy?${query}`, {
    method: "POST",
    redirect: "manual",
    headers: { ...(token !== null && { authorization: token }), "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, answer: await response.json() };
}

describe("a purchase", () => {
  test.each<[string, Fault | undefined, string]>([
    ["that succeeds", undefined, "purchaseIntent"],
    ["that is pending", "pending", "purchaseIntent"],
    ["that failed", "failed", "purchaseIntent"],
    ["that became a subscription intent", "orb", "orbSubscriptionIntent"],
    ["that needs a checkout", "checkout", "checkoutSessionId"],
  ])("%s is answered as the page's schema says", async (_what, fault, key) => {
    if (fault) sandbox.misbehave(fault);

    const { status, headers, answer } = await buy();

    expect(fitsRequest(BODY)).toBe(true);
    expect(fitsAnswer(answer) ? [] : fitsAnswer.errors).toEqual([]);
    expect(status).toBe(200);
    expect(answer).toHaveProperty(key);
    expect(headers.get("content-type")).toContain("application/json");
    expect(headers.get("x-vercel-id")).toBeTruthy();
  });

  test.each(["v0", "gateway", "agent"])(
    "of %s credits charges the team once, for what was asked",
    async (creditType) => {
      await buy({ body: { item: { type: "credits", creditType, amount: 7 } } });

      expect(sandbox.charges()).toMatchObject([{ team: "acme", creditType, amount: 7, source: "test" }]);
    },
  );

  test("names a team by slug or id, or by none, and its source is api where none is given", async () => {
    await buy({ query: "teamId=team_1" });
    await buy({ query: "" });

    expect(sandbox.charges()).toMatchObject([
      { team: "team_1", source: "api" },
      { team: "(default)", source: "api" },
    ]);
  });

  test("declared in a program is sent as the page's request schema says", async () => {
    const sent: unknown[] = [];
    const port = await listen(
      http.createServer(async (request, response) => {
        sent.push(await json(request));
        response.end('{"purchaseIntent":{"id":"pur_1","status":"succeeded"}}');
      }),
    );
    const provider = await ProviderProcess.start({
      "vercel:apiUrl": `http://127.0.0.1:${port}`,
      "vercel:apiToken": "sandbox",
    });
    try {
      for (const creditType of ["v0", "gateway", "agent"]) await provider.buy({ creditType });
    } finally {
      await provider.stop();
    }

    expect(sent).toHaveLength(3);
    expect(sent.map((body) => fitsRequest(body))).toEqual([true, true, true]);
    expect(fitsRequest({ item: { ...BODY.item, amount: 1.5 } })).toBe(false);
  });

  test("that is not one of ours does not fit the schema, so the check can fail", () => {
    expect(fitsAnswer({ purchaseIntent: { id: "pur_1" } })).toBe(false);
  });
});

describe("what is refused charges nothing, and is answered in Vercel's shape", () => {
  const item = BODY.item;

  test.each<[string, number, Parameters<typeof buy>[0], string]>([
    ["no token", 401, { token: null }, "not authorized"],
    ["a malformed token", 401, { token: "sandbox" }, "not authorized"],
    ["an expired token", 401, { token: "Bearer sandbox-expired" }, "not valid"],
    ["a role that may not buy", 403, { token: "Bearer sandbox-viewer" }, "permission"],
    ["an unknown team", 404, { query: "slug=unknown-team" }, "unknown-team"],
    ["an unknown team id", 404, { query: "teamId=team_unknown" }, "team_unknown"],
    ["a team id that is none", 400, { query: "teamId=acme" }, "teamId"],
    ["an empty team id", 400, { query: "teamId=" }, "teamId"],
    ["an empty slug", 400, { query: "slug=" }, "slug"],
    ["an empty slug beside a team id", 400, { query: "teamId=team_1&slug=" }, "slug"],
    ["no item", 400, { body: {} }, "item"],
    ["another item type", 400, { body: { item: { ...item, type: "domain" } } }, "item.type"],
    ["an unknown credit type", 400, { body: { item: { ...item, creditType: "gold" } } }, "item.creditType"],
    ["no amount", 400, { body: { item: { ...item, amount: undefined } } }, "item.amount"],
    ["a negative amount", 400, { body: { item: { ...item, amount: -100 } } }, "item.amount"],
    ["an amount of 0", 400, { body: { item: { ...item, amount: 0 } } }, "item.amount"],
    ["half a credit", 400, { body: { item: { ...item, amount: 1.5 } } }, "item.amount"],
    ["an amount as text", 400, { body: { item: { ...item, amount: "100" } } }, "item.amount"],
    ["no JSON", 400, { body: "{" }, "body"],
    ["JSON that is no object", 400, { body: "null" }, "body"],
  ])("%s (%i)", async (_what, status, request, words) => {
    const refused = await buy(request);

    expect(refused.status).toBe(status);
    expect(refused.answer).toEqual({
      error: { code: expect.any(String), message: expect.stringContaining(words) },
    });
    expect(refused.headers.get("x-vercel-id")).toBeTruthy();
    expect(sandbox.charges()).toEqual([]);
  });

  test("a declined card (402), and too many requests (429, with Retry-After)", async () => {
    sandbox.misbehave("decline");
    sandbox.misbehave("rate-limit", { retryAfter: 3 });
    const declined = await buy();
    const limited = await buy();

    expect(declined).toMatchObject({ status: 402, answer: { error: { code: "payment_failed" } } });
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("3");
    expect([declined, limited].map(({ headers }) => headers.has("x-vercel-id"))).toEqual([true, true]);
    expect(sandbox.charges()).toEqual([]);
  });

  test("another method or path", async () => {
    const get = await fetch(`${sandbox.url}/v1/billing/buy`);
    const elsewhere = await fetch(`${sandbox.url}/v2/elsewhere`);

    expect([get.status, elsewhere.status]).toEqual([405, 404]);
    expect(await elsewhere.json()).toHaveProperty("error.code");
    expect([get, elsewhere].map(({ headers }) => headers.has("x-vercel-id"))).toEqual([true, true]);
  });
});

test("only the teams it was given exist, where it was given some", async () => {
  const strict = await startSandbox({ teams: ["acme"] });
  try {
    const [known, other] = await Promise.all(
      ["acme", "other"].map((slug) =>
        fetch(`${strict.url}/v1/billing/buy?slug=${slug}`, {
          method: "POST",
          headers: { authorization: "Bearer x" },
          body: JSON.stringify(BODY),
        }),
      ),
    );
    expect([known?.status, other?.status]).toEqual([200, 404]);
  } finally {
    await strict.close();
  }
});
