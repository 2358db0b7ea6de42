import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { MEANING, type Outcome } from "../../provider/src/domain/outcome";
import { Journal, type OrderToRecord } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import type { OrderReference } from "../../provider/src/state/order-reference";

const ENDPOINT = "https://api.vercel.com/";
const LIMIT = 300;
let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-month-"));
  journal = new Journal(new FileStore(folder));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

let orders = 0;
function order(name: string, amount = 100, attempt = 1, endpoint = ENDPOINT): OrderToRecord {
  return {
    orderId: `order_${++orders}`,
    name,
    identity: { endpoint, organization: "acme", urn: `urn:pulumi:dev::p::t::${name}` },
    arguments: { creditType: "gateway", amount, source: "pulumi", attempt },
  };
}

/** Opens an order under the limit; how the state remembers it, or undefined where there is no room. */
async function open(
  one: OrderToRecord,
  inJournal = journal,
  limit = LIMIT,
): Promise<OrderReference | undefined> {
  const opened = await inJournal.open(one, limit);
  const { orderId, identity, arguments: args } = one;
  return opened.kind === "opened"
    ? { orderId, identity, attempt: args.attempt, journal: opened.journal }
    : undefined;
}

/** An order that came to this. */
async function ended(one: OrderToRecord, outcome: Exclude<Outcome, "adopted" | "withdrawn">): Promise<void> {
  expect(await open(one)).toBeDefined();
  if (outcome !== "notSent") expect(await journal.claim(one, 60)).toMatchObject({ kind: "claimed" });
  await journal.complete(one.orderId, { outcome, receipt: {} });
}

const used = async () => (await journal.month(ENDPOINT)).useFor([]).used;

test.each(["bought", "pending", "checkout", "failed", "refused", "notSent", "unknown"] as const)(
  "an order counts by its outcome: %s",
  async (outcome) => {
    await ended(order("a"), outcome);

    expect(await used()).toBe(MEANING[outcome].counts ? 100 : 0);
  },
);

test.each([
  ["withdrawn", "unknown", { withdrawn: true }, 0],
  ["a checkout that was withdrawn can still be paid", "checkout", { withdrawn: true }, 100],
  ["adopted, after a request of ours", "unknown", { adopted: "pur_1" }, 100],
  ["adopted, where no request left", "notSent", { adopted: "pur_1" }, 0],
] as const)("a person's word counts, too: %s", async (_what, outcome, word, counts) => {
  const one = order("a");
  await ended(one, outcome);
  await journal.resolve(one.orderId, word);

  expect(await used()).toBe(counts);
});

test("a charge that comes late counts again, whatever a person said meanwhile", async () => {
  const one = order("a");
  await open(one);
  await journal.claim(one, 60);
  await journal.resolve(one.orderId, { withdrawn: true });
  expect(await used()).toBe(0);

  await journal.complete(one.orderId, { outcome: "bought", receipt: {} });

  expect(await used()).toBe(100);
});

describe("a higher attempt takes the earlier one out", () => {
  test.each([
    ["unknown", true],
    ["pending", true],
    ["checkout", false],
  ] as const)("after %s: %s", async (outcome, fits) => {
    await ended(order("a", 200), outcome);

    expect((await open(order("a", 200, 2))) !== undefined).toBe(fits);
  });

  test("for everybody once it was sent, and until then only for itself", async () => {
    await ended(order("a", 200), "unknown");
    const second = order("a", 200, 2);
    expect(await open(second)).toBeDefined();
    expect(await used()).toBe(400);

    await journal.complete(second.orderId, { outcome: "bought", receipt: {} });

    expect(await used()).toBe(200);
  });
});

describe("an order that was opened and not sent", () => {
  test("keeps its room while its process runs", async () => {
    for (const name of ["a", "b", "c"]) expect(await open(order(name))).toBeDefined();

    expect(await open(order("d"))).toBeUndefined();
  });

  /** As if it had been opened by a process that has ended since. */
  function lateProcess(): void {
    for (const file of readdirSync(folder).filter((name) => name.startsWith("opening."))) {
      const { process: _itself, ...record } = require(join(folder, file));
      writeFileSync(
        join(folder, file),
        JSON.stringify({ ...record, process: { ..._itself, startedAt: "1" } }),
      );
    }
    journal = new Journal(new FileStore(folder));
  }

  test("is closed by whoever needs its room once its process has ended, and can't be sent any more", async () => {
    const [a, b, c] = [order("a"), order("b"), order("c")];
    for (const one of [a, b, c]) await open(one);
    lateProcess();

    expect(await open(order("d"))).toBeDefined();

    expect(await journal.claim(a, 60)).toEqual({ kind: "closed" });
    // No more than is needed.
    expect(await journal.claim(b, 60)).toMatchObject({ kind: "claimed" });
  });

  test("is not closed where that would not be enough", async () => {
    await ended(order("a", 250), "bought");
    const open50 = order("b", 50);
    await open(open50);
    lateProcess();

    expect(await open(order("c", 100))).toBeUndefined();
    expect(await journal.claim(open50, 60)).toMatchObject({ kind: "claimed" });
  });
});

test("each month and each address of the endpoint has a budget of its own", async () => {
  expect(await open(order("a", LIMIT))).toBeDefined();
  expect(await open(order("b", 1))).toBeUndefined();
  expect(await open(order("c", LIMIT, 1, "http://127.0.0.1:4010/"))).toBeDefined();

  jest.useFakeTimers({ now: Date.parse("2099-01-01T00:00:00Z"), doNotFake: ["nextTick", "setImmediate"] });
  const next = await open(order("d", LIMIT));
  jest.useRealTimers();
  expect(next).toBeDefined();
});

test("one that was forgotten under a higher attempt gives up nothing that came after it", async () => {
  const earlier = order("a", 100, 2);
  await ended(earlier, "refused");
  await journal.forget(earlier.orderId);
  await ended(order("a"), "unknown");

  expect(await used()).toBe(100);
});

test("while a request may be under way, a higher attempt doesn't get its room", async () => {
  const first = order("a", 200);
  await open(first);
  await journal.claim(first, 600);

  expect(await open(order("a", 200, 2))).toBeUndefined();
});

test("a record that can't be read stops it: nobody knows what the month has used", async () => {
  await open(order("a"));
  const [entry = "?"] = readdirSync(folder).filter((name) => name.startsWith("opening."));
  writeFileSync(join(folder, entry), '{"order"');

  await expect(open(order("b"), new Journal(new FileStore(folder)))).rejects.toThrow(
    /opening\..*can't be read/,
  );
});

test("however many look for room at once, the month never goes over the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 }),
      async (amounts) => {
        rmSync(folder, { recursive: true, force: true });
        const all = await Promise.all(
          amounts.map(async (amount, index) => {
            const opened = await open(order(`p${index}`, amount), new Journal(new FileStore(folder)));
            return opened === undefined ? 0 : amount;
          }),
        );
        const sum = all.reduce((total, amount) => total + amount, 0);

        expect(sum).toBeLessThanOrEqual(LIMIT);
        // None was refused that would have fitted.
        const refused = amounts.filter((_amount, index) => all[index] === 0);
        for (const amount of refused) expect(sum + amount).toBeGreaterThan(LIMIT);
      },
    ),
    { numRuns: 30 },
  );
});
