import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArmedOrder } from "../../provider/src/charge/armed-orders";
import { FileStore } from "../../provider/src/journal/file-store";
import { Journal, provesCharged, provesNothingCharged } from "../../provider/src/journal/journal";
import type { JournalStore } from "../../provider/src/journal/store";

// A module whose functions can be replaced: some file systems have no hard links.
jest.mock("node:fs", () => ({ ...jest.requireActual("node:fs") }));
const fs: typeof import("node:fs") = jest.requireMock("node:fs");

let folder: string;

beforeEach(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), "vercel-credits-records-"));
});

afterEach(async () => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

function withoutHardLinks(code = "EPERM"): void {
  jest.spyOn(fs, "linkSync").mockImplementation(() => {
    throw Object.assign(new Error("no links here"), { code });
  });
}

const order: ArmedOrder = {
  orderId: "order_1",
  name: "credits",
  arguments: { creditType: "gateway", amount: 100, source: "pulumi", attempt: 1 },
  try: 1,
  journaled: true,
};
const BOUGHT = { status: "succeeded", receipt: { intentId: "pur_1" }, news: "✅ bought it" };
const REFUSED = { status: "refused", receipt: {}, reason: "declined" };

describe.each([
  ["with hard links", () => {}],
  ["without hard links", withoutHardLinks],
])("a record in a folder %s", (_what, prepare) => {
  beforeEach(() => prepare());

  test("is written once: of many writers, one wins, and the others read what it wrote", async () => {
    const stores = Array.from({ length: 20 }, () => new FileStore(join(folder, "deep", "journal")));

    const won = await Promise.all(stores.map((store, i) => store.createIfAbsent("one", `writer ${i}`)));

    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await stores[0]?.read("one")).toBe(`writer ${won.indexOf(true)}`);
  });

  test("is its owner's alone, and leaves no temporary file", async () => {
    const store = new FileStore(folder);
    await store.createIfAbsent("one", "text");
    await store.createIfAbsent("one", "other text");

    expect(fs.readdirSync(folder)).toEqual(["one.json"]);
    expect(fs.statSync(join(folder, "one.json")).mode & 0o777).toBe(0o600);
    expect(await store.read("two")).toBeUndefined();
  });
});

test("a folder that can't be written is an error, and never a record", async () => {
  fs.writeFileSync(join(folder, "file"), "");

  await expect(new FileStore(join(folder, "file")).createIfAbsent("one", "text")).rejects.toThrow();
  withoutHardLinks("EIO");
  await expect(new FileStore(folder).createIfAbsent("one", "text")).rejects.toThrow("no links here");
  expect(fs.readdirSync(folder)).toEqual(["file"]);
});

describe("what a journal knows of an order", () => {
  async function signed() {
    const journal = new Journal(new FileStore(folder));
    return { journal, ref: { orderId: "order_1", journal: await journal.sign() } };
  }
  const write = (name: string, text: string) => fs.writeFileSync(join(folder, `${name}.json`), text);

  test("nothing, where it was opened under another journal, or none", async () => {
    const { journal } = await signed();
    await journal.sent(order, 60);

    expect(await journal.knows({ orderId: "order_1" })).toEqual({ verdict: "silent" });
    expect(await journal.knows({ orderId: "order_1", journal: "journal_of-another" })).toEqual({
      verdict: "silent",
    });
  });

  test("that it was never sent; that it was sent; what came of it", async () => {
    const { journal, ref } = await signed();

    expect(provesNothingCharged(await journal.knows(ref))).toBe(true);
    expect(await journal.sent(order, 60)).toBe(true);
    expect(await journal.knows(ref)).toMatchObject({ verdict: "open", sent: { try: 1, name: "credits" } });
    await journal.ended("order_1", BOUGHT);
    const known = await journal.knows(ref);
    expect(known).toMatchObject({ verdict: "ended", orderId: "order_1", outcome: BOUGHT });
    expect(provesCharged(known)).toBe(true);
  });

  test.each([
    ["an empty", ""],
    ["a torn", '{"order": "order_1", "ti'],
    ["a strange", "{}"],
  ])("%s record that it was sent counts as sent", async (_what, text) => {
    const { journal, ref } = await signed();
    await write("order_1.sent", text);

    const known = await journal.knows(ref);

    expect(known.verdict).toBe("open");
    expect(provesNothingCharged(known)).toBe(false);
    expect(await journal.sent(order, 60)).toBe(false);
  });

  test("a torn outcome is none, and a torn settlement settles nothing", async () => {
    const { journal, ref } = await signed();
    await write("order_1.outcome", '{"status": "refu');
    expect((await journal.knows(ref)).verdict).toBe("open");

    await write("order_1.settled", "");
    expect((await journal.knows(ref)).verdict).toBe("open");
  });

  test("an order that was given up for another can't be sent any more, and stands as that one does", async () => {
    const { journal, ref } = await signed();

    expect(await journal.giveUp(await journal.knows(ref), { orderId: "order_2", attempt: 2 })).toBe(true);
    expect(await journal.sent(order, 60)).toBe(false);
    expect(await journal.knows(ref)).toMatchObject({ verdict: "unsent", orderId: "order_2" });
    await journal.sent({ ...order, orderId: "order_2" }, 60);
    await journal.ended("order_2", BOUGHT);
    expect(await journal.knows(ref)).toMatchObject({ verdict: "ended", orderId: "order_2" });
  });

  test("an order is given up once: of two processes, one opens the next", async () => {
    const { journal, ref } = await signed();
    await journal.sent(order, 60);
    await journal.ended("order_1", REFUSED);
    const known = await journal.knows(ref);

    const won = await Promise.all(
      ["order_2", "order_3"].map((next) => journal.giveUp(known, { orderId: next, attempt: 2 })),
    );

    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await journal.knows(ref)).toMatchObject({ orderId: won[0] ? "order_2" : "order_3" });
  });

  test("a charge that comes to light late outweighs a person's word that there was none", async () => {
    const { journal, ref } = await signed();
    await journal.sent(order, 60);
    await journal.giveUp(await journal.knows(ref), { orderId: "order_2", attempt: 2 });

    await journal.ended("order_1", BOUGHT);

    expect(await journal.knows(ref)).toMatchObject({ verdict: "ended", orderId: "order_1" });
  });

  test("a process counts as still at it only as long as its request can take", async () => {
    const { journal, ref } = await signed();
    await journal.sent(order, 60);

    expect(await journal.knows(ref)).toMatchObject({ holder: { pid: process.pid } });
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    expect(await journal.knows(ref)).toMatchObject({ verdict: "open", holder: undefined });
  });

  test("an adopted order is not tried again", async () => {
    const { journal, ref } = await signed();
    await journal.sent(order, 60);
    await journal.ended("order_1", REFUSED);
    await journal.adopted(ref, "pur_9");

    const known = await journal.knows(ref);

    expect(known).toEqual({ verdict: "adopted", orderId: "order_1", intentId: "pur_9" });
    expect(provesNothingCharged(known)).toBe(false);
  });
});

test("a record whose writing was not confirmed, as network file systems do, is known by its nonce", async () => {
  const files = new FileStore(folder);
  const doubtful: JournalStore = {
    read: (name) => files.read(name),
    createIfAbsent: async (name, text) => {
      await files.createIfAbsent(name, text);
      return false;
    },
  };

  expect(await new Journal(doubtful).sent(order, 60)).toBe(true);
  expect(await new Journal(doubtful).sent(order, 60)).toBe(false);
});
