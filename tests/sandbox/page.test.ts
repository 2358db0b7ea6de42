import { request } from "node:http";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${sandbox.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });

const buy = (team = "acme") =>
  post(
    `/v1/billing/buy?slug=${encodeURIComponent(team)}`,
    { item: { type: "credits", creditType: "gateway", amount: 100 } },
    { authorization: "Bearer sandbox" },
  );

test("the page says that no money moves, and holds nothing that came over the wire", async () => {
  await buy("<img/src=x/onerror=alert(1)>");

  const page = await (await fetch(sandbox.url)).text();

  expect(page).toContain("No money moves here.");
  expect(page).not.toContain("onerror");
  expect(page).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  expect(await (await fetch(`${sandbox.url}/sandbox/charges`)).json()).toMatchObject([
    { team: "<img/src=x/onerror=alert(1)>" },
  ]);
});

test("another process can order a fault, and withdraw it", async () => {
  expect((await post("/sandbox/next", { fault: "decline", times: 3 })).status).toBe(200);
  expect((await buy()).status).toBe(402);
  await fetch(`${sandbox.url}/sandbox/next`, { method: "DELETE" });
  expect((await buy()).status).toBe(200);
  expect(await (await fetch(`${sandbox.url}/sandbox/requests`)).json()).toHaveLength(2);
});

test.each([{ fault: "nope" }, {}, { fault: "decline", times: 0 }, "{"])(
  "%j is no fault, and the answer says why",
  async (body) => {
    const answer = await post("/sandbox/next", body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.any(String) });
  },
);

test("a web page elsewhere can't steer it, by its own origin or by a name that leads here", async () => {
  expect((await post("/sandbox/next", { fault: "decline" }, { origin: "https://evil.example" })).status).toBe(
    403,
  );

  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(sandbox.url);
    request(
      { port, host: "127.0.0.1", path: "/sandbox/charges", headers: { host: "evil.example" } },
      (response) => {
        resolve(response.resume().statusCode);
      },
    )
      .once("error", reject)
      .end();
  });
  expect(status).toBe(403);
});
