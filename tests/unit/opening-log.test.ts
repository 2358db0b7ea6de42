import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpeningLog } from "../../provider/src/journal/opening-log";
import { FileStore } from "../../provider/src/journal/stores/file";

const VERCEL = "https://api.vercel.com/";
let store: FileStore;

beforeEach(() => {
  store = new FileStore(mkdtempSync(join(tmpdir(), "vercel-credits-log-")));
});

afterEach(() => rmSync(store.folder, { recursive: true, force: true }));

const add = (time: string, { endpoint = VERCEL, log = new OpeningLog(store) } = {}) =>
  log
    .add(endpoint, { order: "order_1" }, { now: new Date(time) })
    .then((added) => ("name" in added ? added.name : ""));

test("an order is opened in the log of its month, by the clock in UTC", async () => {
  expect(await add("2026-11-30T23:59:59Z")).toMatch(/^opening\.2026-11\.api\.vercel\.com-\w{8}\.000001$/);
  expect(await add("2026-12-01T01:30:00+02:00")).toMatch(/^opening\.2026-11\..*\.000002$/);
  expect(await add("2026-12-01T00:00:00Z")).toMatch(/^opening\.2026-12\..*\.000001$/);
});

test("each endpoint has a log of its own", async () => {
  const [first, second] = [
    await add("2026-11-01"),
    await add("2026-11-01", { endpoint: "http://127.0.0.1:4010/" }),
  ];

  expect(second).toMatch(/\.000001$/);
  expect(second).not.toBe(first);
});

test("orders that one process opens at once take one write each", async () => {
  const written = jest.spyOn(store, "createIfAbsent");
  const log = new OpeningLog(store);

  await Promise.all(Array.from({ length: 10 }, () => add("2026-11-01", { log })));

  expect(written).toHaveBeenCalledTimes(10);
});

test("an order that could not be opened holds up none after it", async () => {
  const log = new OpeningLog(store);
  jest.spyOn(store, "createIfAbsent").mockRejectedValueOnce(new Error("full"));

  const opened = await Promise.allSettled([add("2026-11-01", { log }), add("2026-11-01", { log })]);

  expect(opened.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

test("every order has an entry of its own, also among processes that open at once", async () => {
  const [one, other] = [new OpeningLog(store), new OpeningLog(store)];
  const opened = [one, other, one, other, one, one, other].map((log) => add("2026-11-01", { log }));

  expect(new Set(await Promise.all(opened)).size).toBe(opened.length);
  expect((await store.names()).toSorted().at(-1)).toMatch(/\.000007$/);
});
