import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VercelWord } from "../../provider/src/domain/outcome";
import { thisProcess } from "../../provider/src/domain/process-identity";
import type { Result } from "../../provider/src/domain/result";
import { readBooks } from "../../provider/src/journal/books";
import { Journal, type OrderToRecord } from "../../provider/src/journal/journal";
import type { JournalStore } from "../../provider/src/journal/store";
import { FileStore } from "../../provider/src/journal/stores/file";
import type { OrderReference } from "../../provider/src/state/order-reference";
import { openedIn } from "../support/opening";

// A module whose functions can be replaced: some file systems have no hard links.
jest.mock("node:fs", () => ({ ...jest.requireActual("node:fs") }));
const fs: typeof import("node:fs") = jest.requireMock("node:fs");

let root: string;
let folder: string;
let journal: Journal;

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), "vercel-credits-records-"));
  folder = join(root, "journal");
  journal = new Journal(new FileStore(folder));
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(root, { recursive: true, force: true });
});

function withoutHardLinks(code = "EPERM"): void {
  jest.spyOn(fs, "linkSync").mockImplementation(() => {
    throw Object.assign(new Error("no links here"), { code });
  });
}

const files = () => fs.readdirSync(folder).toSorted();
const fileOf = (kind: string) => join(folder, files().find((file) => file.startsWith(kind)) ?? "?");
const cut = (kind: string) => fs.writeFileSync(fileOf(kind), '{"order": "order_1", "ti');

const identity = {
  endpoint: "https://api.vercel.com/",
  organization: "acme",
  urn: "urn:pulumi:dev::p::t::credits",
};

function order(number: number, attempt = 1, of = identity): OrderToRecord {
  const args = { creditType: "gateway", amount: 100, source: "pulumi", attempt } as const;
  return { orderId: `order_${number}`, name: "credits", identity: of, arguments: args };
}

/** Opens it, as the order's create does; what the state remembers of it. */
async function open(one: OrderToRecord, inJournal = journal): Promise<OrderReference> {
  const { orderId, identity: which, arguments: args } = one;
  return { orderId, attempt: args.attempt, identity: which, journal: await openedIn(inJournal, one) };
}

const SECONDS = 60;
const claim = (one: OrderToRecord, inJournal = journal) => inJournal.claim(one, SECONDS);

/** Longer than any request of these orders, its latest start and two clocks that differ. */
function laterThanEveryLease(): void {
  const now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now + (SECONDS + 3600) * 1000);
}

const BOUGHT: Result = {
  outcome: "bought",
  status: "succeeded" as VercelWord,
  receipt: { intentKind: "purchaseIntent", intentId: "pur_1" },
};
const ended = (outcome: Result["outcome"]): Result =>
  outcome === "bought" ? BOUGHT : { outcome, receipt: {} };

describe.each([
  ["with hard links", () => {}],
  ["without hard links", withoutHardLinks],
])("a record in a folder %s", (_what, prepare) => {
  beforeEach(() => prepare());

  test("is written once: of many writers, one wins, and the others read what it wrote", async () => {
    const stores = Array.from({ length: 20 }, () => new FileStore(join(folder, "deep", "journal")));

    const won = await Promise.all(
      stores.map((store, i) => store.createIfAbsent("one", `writer ${i}`, i % 2 ? "durable" : "lazy")),
    );

    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await stores[0]?.read("one")).toBe(`writer ${won.indexOf(true)}`);
  });

  test("is its owner's alone, and leaves no temporary file", async () => {
    const store = new FileStore(folder);
    await store.createIfAbsent("one", "text", "durable");
    await store.createIfAbsent("one", "other text", "lazy");

    expect(files()).toEqual(["one.json"]);
    expect(fs.statSync(join(folder, "one.json")).mode & 0o777).toBe(0o600);
    expect(await store.read("two")).toBeUndefined();
  });

  test("is claimed by one of many orders for the same purchase, and the others learn which", async () => {
    const orders = Array.from({ length: 20 }, (_, i) => order(i));

    const claims = await Promise.all(
      orders.map((one) => new Journal(new FileStore(folder)).claim(one, SECONDS)),
    );

    const winner = claims.findIndex(({ kind }) => kind === "claimed");
    expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    for (const [i, claiming] of claims.entries()) {
      if (i !== winner)
        expect(claiming).toMatchObject({ kind: "claimed elsewhere", by: { order: `order_${winner}` } });
    }
  });
});

test("a folder that can't be written is an error, and never a record", async () => {
  fs.writeFileSync(join(root, "file"), "");

  const store = new FileStore(join(root, "file"));
  await expect(store.createIfAbsent("one", "text", "lazy")).rejects.toThrow();
  await expect(store.read("one")).rejects.toThrow();
  withoutHardLinks("EIO");
  await expect(new FileStore(folder).createIfAbsent("one", "text", "lazy")).rejects.toThrow("no links here");
  expect(files()).toEqual([]);
});

test.each(["durable", "lazy"] as const)(
  "a %s record is on the disk before its writer goes on: %s",
  async (how) => {
    const flushed = jest.spyOn(fs, "fsyncSync");
    await new FileStore(folder).createIfAbsent("one", "text", "lazy"); // makes the folder
    flushed.mockClear();

    await new FileStore(folder).createIfAbsent("two", "text", how);

    expect(flushed.mock.calls.length > 0).toBe(how === "durable");
  },
);

test("an intent and a person's word are on the disk before anything relies on them, and so is an opening, which would hide later ones; a completion needn't be", async () => {
  const written: [string, string][] = [];
  const store = new FileStore(folder);
  const createIfAbsent = store.createIfAbsent.bind(store);
  jest.spyOn(store, "createIfAbsent").mockImplementation((name, text, durability) => {
    written.push([name.split(".").at(name.startsWith("order_") ? 1 : 0) as string, durability]);
    return createIfAbsent(name, text, durability);
  });
  const noted = new Journal(store);

  const other = await open(order(2, 1, { ...identity, urn: "urn:other" }), noted);
  await claim(order(1), noted);
  await noted.complete("order_1", ended("unknown"), undefined);
  await noted.resolve("order_1", { withdrawn: true });
  await noted.close(other);
  await noted.forget("order_1");

  expect(written).toEqual([
    ["opening", "durable"],
    ["intent", "durable"],
    ["completion", "lazy"],
    ["resolution", "durable"],
    ["intent", "durable"],
    ["forgotten", "durable"],
  ]);
});

describe("what a journal knows of an order", () => {
  const NEVER_SENT = { kind: "neverSent" };

  test("that it was never sent; that its request may be under way; what came of it", async () => {
    const reference = await open(order(1));

    expect(await journal.knows(reference)).toEqual({ kind: "neverSent", isClosed: false });
    expect(await claim(order(1))).toMatchObject({ kind: "claimed" });
    expect(await journal.knows(reference)).toMatchObject({
      kind: "inDoubt",
      ordered: { amount: 100 },
      lease: { process: { pid: process.pid } },
    });
    await journal.complete("order_1", BOUGHT, undefined);
    expect(await journal.knows(reference)).toMatchObject({
      kind: "completed",
      order: "order_1",
      result: BOUGHT,
      ordered: { amount: 100, attempt: 1 },
      vercelIds: ["pur_1"],
    });
  });

  test("nothing, where it was opened under another journal, or none", async () => {
    const reference = await open(order(1));
    const { journal: _journal, ...withoutJournal } = reference;

    expect(await journal.knows(withoutJournal)).toEqual({ kind: "nothing" });
    const other = { id: "journal_of-another", entry: `${reference.journal?.entry}` };
    expect(await journal.knows({ ...reference, journal: other })).toEqual({ kind: "nothing" });
    const elsewhere = new Journal(new FileStore(join(root, "elsewhere")));
    await open(order(7), elsewhere);
    expect(await elsewhere.knows(reference)).toEqual({ kind: "nothing" });
  });

  test("nothing, where the opening of this very order is missing: the journal was set back", async () => {
    const reference = await open(order(1));
    fs.rmSync(fileOf("opening."));

    expect(await journal.knows(reference)).toEqual({ kind: "nothing" });
    await open(order(2)); // takes its place in the log
    expect(await journal.knows(reference)).toEqual({ kind: "nothing" });
    expect(await journal.close(reference)).toBe(true);
    expect(await journal.knows(reference)).toEqual({ kind: "nothing" });
  });

  test.each(["pending", "checkout", "failed", "refused", "notSent", "unknown"] as const)(
    "a person's word goes further than the completion %s, and keeps what it settled",
    async (outcome) => {
      const reference = await open(order(1));
      await claim(order(1));
      await journal.complete("order_1", ended(outcome), undefined);
      await journal.resolve("order_1", { withdrawn: true });
      await journal.resolve("order_1", { adopted: "pur_9" });

      expect(await journal.knows(reference)).toMatchObject({
        kind: "resolved",
        resolution: { adopted: "pur_9" },
        settled: outcome,
      });
    },
  );

  test("a charge that comes to light late outweighs a person's word that there was none", async () => {
    const reference = await open(order(1));
    await claim(order(1));
    await journal.resolve("order_1", { withdrawn: true });
    expect(await journal.knows(reference)).toMatchObject({ kind: "resolved", settled: "unknown" });

    await journal.complete("order_1", BOUGHT, undefined);

    expect(await journal.knows(reference)).toMatchObject({ kind: "completed", result: BOUGHT });
  });

  test.each([
    ["an empty", ""],
    ["a torn", '{"order": "order_1", "ti'],
    ["a strange", "{}"],
  ])("%s intent record proves that nothing can be known, and lets nobody send", async (_what, text) => {
    const reference = await open(order(1));
    await claim(order(1));
    fs.writeFileSync(fileOf("intent."), text);

    expect((await journal.knows(reference)).kind).not.toBe("neverSent");
    expect(await claim(order(2, 2))).toMatchObject({
      kind: "claimed elsewhere",
      by: { outcome: "unknown", unreadable: expect.stringMatching(/^intent\./) },
    });
    expect(await claim(order(1))).toMatchObject({ kind: "claimed elsewhere" });
  });

  test("a torn completion is none: in doubt; a torn resolution settles nothing, and the next one counts", async () => {
    const reference = await open(order(1));
    await claim(order(1));
    await journal.complete("order_1", ended("refused"), undefined);
    cut("order_1.completion");
    expect((await journal.knows(reference)).kind).toBe("inDoubt");

    await journal.resolve("order_1", { withdrawn: true });
    cut("order_1.resolution");
    expect((await journal.knows(reference)).kind).toBe("inDoubt");
    await journal.resolve("order_1", { adopted: "pur_9" });
    expect(await journal.knows(reference)).toMatchObject({ kind: "resolved" });
  });

  describe("in a copy", () => {
    const copied = (from = folder, to = join(root, "copy")) => {
      execFileSync("cp", ["-a", from, to]);
      return new Journal(new FileStore(to));
    };

    test("absence proves nothing, presence does (cp -a)", async () => {
      const [first, second] = [
        await open(order(1)),
        await open(order(2, 1, { ...identity, urn: "urn:other" })),
      ];
      await claim(order(1));
      await journal.complete("order_1", BOUGHT, undefined);
      const copy = copied();

      expect(await copy.knows(first)).toMatchObject({ kind: "completed", result: BOUGHT });
      expect(await copy.knows(second)).toEqual({ kind: "nothing" });
      expect(await journal.knows(second)).toMatchObject(NEVER_SENT);
    });

    test("an order that was opened and nothing more is not sent in the original's books, and unknown in its own", async () => {
      await open(order(1));
      copied();

      const booked = (place: string) => readBooks(new FileStore(place));
      expect(await booked(folder)).toMatchObject([{ outcome: "notSent", unresolved: false }]);
      expect(await booked(join(root, "copy"))).toMatchObject([{ outcome: "unknown", unresolved: true }]);
    });

    test("closing an order there proves nothing either, there or in the original", async () => {
      const reference = await open(order(1));
      const copy = copied();
      await claim(order(1));

      expect(await copy.close(reference)).toBe(true);
      expect(await copy.knows(reference)).toEqual({ kind: "nothing" });
      expect(await journal.knows(reference)).toMatchObject({ kind: "inDoubt" });
    });

    test("a copy that took the place of the original is one all the same", async () => {
      const reference = await open(order(1));
      copied(folder, join(root, "backup"));
      fs.rmSync(folder, { recursive: true });
      execFileSync("cp", ["-a", join(root, "backup"), folder]);

      expect(await new Journal(new FileStore(folder)).knows(reference)).toEqual({ kind: "nothing" });
    });

    test("what is opened there belongs to the copy, and the copy of a copy knows none of it by absence", async () => {
      await open(order(1));
      const copy = copied();
      const there = await open(order(2), copy);

      expect(await copy.knows(there)).toMatchObject(NEVER_SENT);
      expect(await journal.knows(there)).toEqual({ kind: "nothing" });
      expect(await copied(join(root, "copy"), join(root, "again")).knows(there)).toEqual({ kind: "nothing" });
    });

    test("a marker that can't be read is no place that anybody can be sure of", async () => {
      const reference = await open(order(1));
      cut("journal.1");

      expect(await new Journal(new FileStore(folder)).knows(reference)).toEqual({ kind: "nothing" });
      const next = new Journal(new FileStore(folder));
      expect(await next.knows(await open(order(2), next))).toMatchObject(NEVER_SENT);
    });
  });

  test("a folder that was moved (mv) stays the original", async () => {
    const reference = await open(order(1));
    execFileSync("mv", [folder, join(root, "moved")]);

    expect(await new Journal(new FileStore(join(root, "moved"))).knows(reference)).toMatchObject(NEVER_SENT);
  });
});

describe("closing an order", () => {
  test("takes the place of its intent: it can't be sent any more, and was never sent", async () => {
    const reference = await open(order(1));

    expect(await journal.close(reference)).toBe(true);
    expect(await journal.close(reference)).toBe(true);
    expect(await claim(order(1))).toEqual({ kind: "closed" });
    expect(await journal.knows(reference)).toEqual({ kind: "neverSent", isClosed: true });
  });

  test("fails where its intent is there", async () => {
    const reference = await open(order(1));
    await claim(order(1));

    expect(await journal.close(reference)).toBe(false);
    expect(await journal.knows(reference)).toMatchObject({ kind: "inDoubt" });
  });

  test("against its own sender: one of both wins, every time", async () => {
    for (let i = 0; i < 50; i++) {
      const of = { ...identity, urn: `urn:pulumi:dev::p::t::credits-${i}` };
      const reference = await open(order(i, 1, of));
      const act = [
        () => claim(order(i, 1, of), new Journal(new FileStore(folder))),
        () => journal.close(reference),
      ];
      if (i % 2) act.reverse();
      const results = await Promise.all(act.map((one) => one()));

      const isClosed = results.includes(true);
      const isClaimed = results.some((one) => typeof one === "object" && one.kind === "claimed");
      expect([isClosed, isClaimed].filter(Boolean)).toHaveLength(1);
    }
  });

  test("doesn't release the claim of another order for the same purchase", async () => {
    const [first, second] = [await open(order(1)), await open(order(2))];
    await claim(order(1));
    await journal.complete(first.orderId, ended("unknown"), undefined);
    laterThanEveryLease();

    expect(await journal.close(second)).toBe(true);
    expect(await claim(order(3))).toMatchObject({ kind: "claimed elsewhere", by: { order: "order_1" } });
  });
});

describe("a second order for the same purchase", () => {
  /** The first order's request has left, and came to this. */
  async function first(outcome?: Result["outcome"], attempt = 1): Promise<OrderReference> {
    const reference = await open(order(1, attempt));
    await claim(order(1, attempt));
    if (outcome !== undefined) await journal.complete("order_1", ended(outcome), undefined);
    return reference;
  }

  test.each(["bought", "pending", "checkout", "failed", "refused", "unknown"] as const)(
    "after %s it is stopped, and follows under a higher attempt",
    async (outcome) => {
      await first(outcome);

      expect(await claim(order(2))).toMatchObject({
        kind: "claimed elsewhere",
        by: { order: "order_1", outcome, host: thisProcess.host, time: expect.any(String) },
      });
      expect(await claim(order(2, 2))).toMatchObject({ kind: "claimed" });
      expect(await claim(order(3, 2))).toMatchObject({ kind: "claimed elsewhere", by: { order: "order_2" } });
    },
  );

  test.each(["adopted", "withdrawn"])(
    "after it was %s it is stopped, too, under the same attempt",
    async (word) => {
      await first();
      await journal.resolve("order_1", word === "adopted" ? { adopted: "pur_9" } : { withdrawn: true });

      expect(await claim(order(2))).toMatchObject({
        kind: "claimed elsewhere",
        by: { outcome: word, settled: "unknown" },
      });
      expect(await claim(order(2, 2))).toMatchObject({ kind: "claimed" });
    },
  );

  test("after notSent it goes on by itself", async () => {
    await first("notSent");

    expect(await claim(order(2))).toMatchObject({ kind: "claimed" });
  });

  test("while a lease runs it is stopped, also under a higher attempt; when it ran out, a higher attempt follows", async () => {
    await first();

    expect(await claim(order(2, 2))).toMatchObject({
      kind: "claimed elsewhere",
      by: { lease: { host: thisProcess.host, until: expect.any(String) } },
    });
    laterThanEveryLease();
    expect(await claim(order(2))).toMatchObject({ kind: "claimed elsewhere", by: { outcome: "unknown" } });
    expect(await claim(order(2, 2))).toMatchObject({ kind: "claimed" });
  });

  test("forgetting the purchase releases its own claim, and no other", async () => {
    await first("bought");
    await journal.forget("order_7");
    expect(await claim(order(2))).toMatchObject({ kind: "claimed elsewhere" });
    await journal.forget("order_1");
    expect(await claim(order(2))).toMatchObject({ kind: "claimed" });
    expect(await claim(order(3))).toMatchObject({ kind: "claimed elsewhere", by: { order: "order_2" } });
  });

  test.each([
    ["endpoint", { ...identity, endpoint: "http://127.0.0.1:4010/" }],
    ["organization", { ...identity, organization: "other" }],
    ["URN", { ...identity, urn: "urn:pulumi:prod::p::t::credits" }],
  ])("of another %s is another purchase", async (_what, other) => {
    await first("bought");

    expect(await claim(order(2, 1, other))).toMatchObject({ kind: "claimed" });
  });
});

describe("a lease", () => {
  const CLOCKS_DIFFER = 60_000;

  test("covers the latest start, the whole request, and clocks that differ by a minute", async () => {
    const before = Date.now();
    const reference = await open(order(1));
    const claiming = await claim(order(1));
    const known = await journal.knows(reference);

    if (claiming.kind !== "claimed" || known.kind !== "inDoubt") throw new Error("it was claimed");
    expect(claiming.sendBefore).toBeGreaterThan(before);
    const until = Date.parse(known.lease?.until ?? "");
    expect(until).toBeGreaterThanOrEqual(claiming.sendBefore + SECONDS * 1000 + CLOCKS_DIFFER);
  });

  test("ends with its process, where that is of this boot and PID namespace", async () => {
    const reference = await open(order(1));
    await claim(order(1));
    const file = fileOf("intent.");
    const record = JSON.parse(fs.readFileSync(file, "utf8"));
    const by = (process: object) => {
      fs.writeFileSync(file, JSON.stringify({ ...record, process: { ...record.process, ...process } }));
      return journal.knows(reference);
    };

    expect(await by({ pid: 2 ** 22 + 1 })).toMatchObject({ kind: "inDoubt", lease: undefined });
    expect(await by({ startedAt: "1" })).toMatchObject({ kind: "inDoubt", lease: undefined });
    expect(await by({ pid: 2 ** 22 + 1, bootId: "another" })).toMatchObject({
      lease: { host: thisProcess.host },
    });
    expect(await by({ pid: 2 ** 22 + 1, pidNamespace: "another" })).toMatchObject({ lease: {} });
  });
});

test("a record whose writing was not confirmed, as network file systems do, is known by its nonce", async () => {
  const store = new FileStore(folder);
  const doubtful: JournalStore = {
    read: (name) => store.read(name),
    placeOf: (name) => store.placeOf(name),
    names: () => store.names(),
    readMany: (names) => store.readMany(names),
    mark: (name, textFor) => store.mark(name, textFor),
    createIfAbsent: async (name, text, durability) => {
      await store.createIfAbsent(name, text, durability);
      return false;
    },
  };

  expect(await claim(order(1), new Journal(doubtful))).toMatchObject({ kind: "claimed" });
  expect(await claim(order(2), new Journal(doubtful))).toMatchObject({ kind: "claimed elsewhere" });
});

test("an order of version 0.1 is known in the journal that it was opened under, and in no other", async () => {
  const of01: OrderReference = { orderId: "order_1", attempt: 1, signature: "journal_a" };
  const common = { order: "order_1", time: "2025-01-01T00:00:00.000Z", process: thisProcess };
  const receipt = { intentKind: "purchaseIntent", intentId: "pur_1" };
  const put = (name: string, record: object) =>
    fs.writeFileSync(join(folder, `${name}.json`), JSON.stringify(record));
  fs.mkdirSync(folder);
  put("order_1.outcome", { ...common, status: "succeeded", receipt });

  expect(await journal.knows(of01)).toEqual({ kind: "nothing" });
  put("journal_a", { signature: "journal_b" });
  expect(await journal.knows(of01)).toEqual({ kind: "nothing" });
  put("journal_a", { signature: "journal_a" });
  expect(await journal.knows(of01)).toMatchObject({ kind: "completed", result: { outcome: "bought" } });
});

test("a purchase has its opening, its intent and its completion, and nothing of it is a checkout URL", async () => {
  await open(order(1));
  await claim(order(1));
  const checkoutSessionUrl = "https://pay.example/secret";
  const answer = { checkoutSessionId: "cs_1", checkoutSessionUrl };
  const result: Result = {
    outcome: "checkout",
    receipt: { intentKind: "checkoutSession", checkoutSessionId: "cs_1", checkoutSessionUrl, answer },
  };
  await journal.complete("order_1", result, undefined);

  expect(files()).toEqual([
    expect.stringMatching(/^intent\.p\.dev\.credits-[0-9a-f]{16}\.1\.json$/),
    "journal.1.json",
    expect.stringMatching(/^opening\.\d{4}-\d\d\.api\.vercel\.com-[0-9a-f]{8}\.000001\.json$/),
    "order_1.completion.json",
  ]);
  expect(
    files()
      .map((file) => fs.readFileSync(join(folder, file), "utf8"))
      .join(),
  ).not.toContain("pay.example");
  expect(await readBooks(new FileStore(folder))).toMatchObject([
    { order: "order_1", outcome: "checkout", receipt: { checkoutSessionId: "cs_1" } },
  ]);
});

describe("a person's word claims a purchase that was never ordered here", () => {
  test("so that no order is sent for it at the same attempt", async () => {
    expect(await journal.claimByWord(order(1), { adopted: "pur_1" })).toBeUndefined();

    expect(await claim(order(2))).toMatchObject({
      kind: "claimed elsewhere",
      by: { order: "order_1", outcome: "adopted", intentId: "pur_1", unsent: true },
    });
  });

  test("but not while a request for it may be under way", async () => {
    await claim(order(1));

    expect(await journal.claimByWord(order(2), { withdrawn: true })).toMatchObject({
      host: thisProcess.host,
    });
    expect(await journal.claimedElsewhere(identity, 2)).toMatchObject({ order: "order_1", lease: {} });
  });

  test("until it is forgotten", async () => {
    await journal.claimByWord(order(1), { withdrawn: true });
    await journal.forget("order_1");

    expect(await claim(order(2))).toMatchObject({ kind: "claimed" });
  });
});
