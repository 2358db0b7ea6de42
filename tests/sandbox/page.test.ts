import { request } from "node:http";
import { runInNewContext } from "node:vm";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

/** As much of an element as the page's script uses. */
interface Shown {
  textContent: string;
  hidden: boolean;
  rows: Shown[];
  readonly cells: Shown[];
  readonly children: Shown[];
}

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

test("the page's script fills in what came over the wire as text, and says what it comes to", async () => {
  const nasty = "<img src=x onerror=1>";
  await buy();
  await buy(nasty);
  const page = await (await fetch(sandbox.url)).text();
  const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? "";

  // As much of a document as the script uses. A property that would be read as HTML does not exist here.
  const element = (): Shown =>
    Object.seal({
      textContent: "",
      className: "",
      hidden: false,
      dataset: {},
      cells: [] as Shown[],
      children: [] as Shown[],
      append(child: Shown) {
        this.children.push(child);
      },
      insertCell() {
        const cell = element();
        this.cells.push(cell);
        return cell;
      },
      replaceChildren(...rows: Shown[]) {
        this.rows = rows;
      },
      rows: [] as Shown[],
      addEventListener() {},
    });
  const elements = new Map<string, ReturnType<typeof element>>();
  const document = {
    createElement: element,
    getElementById(id: string) {
      expect(page).toContain(`id="${id}"`);
      const found = elements.get(id) ?? element();
      elements.set(id, found);
      return found;
    },
  };
  await new Promise<void>((refreshed) =>
    runInNewContext(`"use strict";${script}`, {
      document,
      location: new URL(sandbox.url),
      fetch: (path: string) => fetch(sandbox.url + path),
      setTimeout: () => refreshed(),
    }),
  );

  expect(elements.get("sum")?.textContent).toBe("$200.00");
  expect(elements.get("count")?.textContent).toBe("in 2 charges");
  expect(elements.get("empty")?.hidden).toBe(true);
  expect(elements.get("table")?.hidden).toBe(false);
  expect(elements.get("exports")?.textContent).toBe(
    `export VERCEL_API_URL=${sandbox.url}\nexport VERCEL_API_TOKEN=sandbox`,
  );
  const shown = elements
    .get("charges")
    ?.rows.map(({ cells }) => cells.map(({ children }) => children[0]?.textContent));
  const [first, last] = sandbox.charges();
  expect(shown?.map(([number, _time, ...cells]) => [number, ...cells])).toEqual([
    ["2", nasty, "gateway", "$100.00", "api", last?.intentId],
    ["1", "acme", "gateway", "$100.00", "api", first?.intentId],
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
  const { host, port } = new URL(sandbox.url);
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      request({ port, host: "127.0.0.1", method, path, headers }, (response) =>
        resolve(response.resume().statusCode),
      )
        .once("error", reject)
        .end(method === "POST" ? '{"fault":"decline"}' : undefined);
    });

  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/sandbox/charges"],
    ["GET", "/sandbox/requests"],
    ["POST", "/sandbox/next"],
    ["DELETE", "/sandbox/next"],
  ] as const) {
    for (const headers of [
      { host: "evil.example" },
      { host: `evil.example:${port}` },
      { host, origin: "https://evil.example" },
      { host, origin: "null" },
      { host, origin: "http://127.0.0.1:1" },
    ]) {
      expect([method, path, headers, await ask(method, path, headers)]).toEqual([method, path, headers, 403]);
    }
    expect(await ask(method, path, { host, origin: sandbox.url })).toBe(200);
    expect(await ask(method, path, { host: `localhost:${port}` })).toBe(200);
  }
});
