import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArmedOrder } from "../../provider/src/charge/armed-orders";
import { Charges, type Surroundings } from "../../provider/src/charge/charge";
import { UpdateLedger } from "../../provider/src/charge/update-ledger";
import type { Reply } from "../../provider/src/http/request";
import { Journal } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import { Settings } from "../../provider/src/settings";
import { openedIn } from "../support/opening";

let folder: string;
let journal: Journal;
/** The names of the orders whose request left. */
let sent: string[];
const settings = new Settings(() => undefined, { VERCEL_API_TOKEN: "token", PULUMI_HOME: "/home" });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-charges-"));
  journal = new Journal(new FileStore(join(folder, "journal")));
  sent = [];
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const answer = (body: object): Reply => ({
  kind: "answer",
  httpStatus: 200,
  requestId: undefined,
  body: JSON.stringify(body),
  whole: true,
});
const BOUGHT = answer({ purchaseIntent: { id: "pur_1", status: "succeeded" } });

async function opened(name: string, amount = 100): Promise<ArmedOrder> {
  const about = {
    orderId: `order_${name}`,
    name,
    identity: {
      endpoint: "https://api.vercel.com/",
      organization: "acme",
      urn: `urn:pulumi:dev::p::t::${name}`,
    },
    arguments: { creditType: "gateway", amount, source: "pulumi", attempt: 1 } as const,
  };
  const reference = { orderId: about.orderId, attempt: 1, identity: about.identity };
  return { ...about, reference: { ...reference, journal: await openedIn(journal, about) } };
}

/** The charges of a process, where each request is answered so. */
function charges(reply: (name: string) => Reply | Promise<Reply> = () => BOUGHT, isGone = false) {
  const surroundings: Surroundings = {
    async buy({ name }, _endpoint, mayStillSend) {
      if (!mayStillSend()) return { kind: "unsent", problem: "too late", tooLate: true };
      sent.push(name);
      return reply(name);
    },
    engineIsGone: async () => isGone,
  };
  const all = new Charges(surroundings);
  const ledger = new UpdateLedger(join(folder, "updates", "0".repeat(32)), 60);
  return (order: ArmedOrder) => all.charge(order, settings, { journal, ledger });
}

const notSent = (cause: object) => ({ kind: "ended", result: { outcome: "notSent", cause } });

test("a sender past its lease sends nothing, since others have stopped waiting for it", async () => {
  const order = await opened("credits");
  const now = Date.now();
  // The machine sleeps for an hour, right after the claim is on the disk.
  const { claim } = journal;
  jest.spyOn(journal, "claim").mockImplementation(async (...asked) => {
    const claimed = await claim.apply(journal, asked);
    jest.spyOn(Date, "now").mockReturnValue(now + 3_600_000);
    return claimed;
  });

  expect(await charges()(order)).toMatchObject(notSent({ kind: "leaseEnded" }));
  expect(sent).toEqual([]);
});

test("a lease covers four requests that time out, and a minute of waits for rate limits between them", async () => {
  const claim = jest.spyOn(journal, "claim");

  await charges()(await opened("credits"));

  expect(claim).toHaveBeenCalledWith(expect.anything(), 4 * 120 + 60);
});

test("once the command that asked is gone, nothing is sent: nobody would learn what came of it", async () => {
  expect(await charges(() => BOUGHT, true)(await opened("credits"))).toMatchObject(
    notSent({ kind: "commandEnded" }),
  );
  expect(sent).toEqual([]);
});

test("where the intent can't be written, nothing is sent", async () => {
  const order = await opened("credits");
  jest.spyOn(journal, "claim").mockRejectedValue(new Error("ENOSPC: no space left on device"));

  expect(await charges()(order)).toMatchObject(notSent({ kind: "notWritable", what: "journal" }));
  expect(sent).toEqual([]);
});

test("an order that was closed, or whose purchase another one has claimed, sends nothing", async () => {
  const [closed, second] = [await opened("closed"), await opened("credits")];
  await journal.close(closed.reference);
  await journal.claim({ ...second, orderId: "order_first" }, 60);
  const charge = charges();

  expect(await charge(closed)).toEqual({ kind: "closed" });
  expect(await charge(second)).toMatchObject({ kind: "claimed elsewhere", by: { order: "order_first" } });
  expect(sent).toEqual([]);
});

test("a fault of ours while the answer is read is unknown: the card may have been charged", async () => {
  const charge = charges(() => Promise.reject(new TypeError("of ours")));

  expect(await charge(await opened("credits"))).toMatchObject({ result: { outcome: "unknown" } });
});

test("after an unknown outcome the process sends nothing more, whatever it is asked", async () => {
  const charge = charges((name) => (name === "first" ? { kind: "lost", problem: "cut" } : BOUGHT));
  const [first, second] = [charge(await opened("first")), charge(await opened("second"))];

  expect(await first).toMatchObject({ result: { outcome: "unknown" } });
  expect(await second).toMatchObject(notSent({ kind: "afterDoubt", purchase: "first" }));
  expect(sent).toEqual(["first"]);
});

test("the most that an update may charge is counted when it charges, not only when it plans", async () => {
  const charge = charges();
  const [first, second] = [charge(await opened("first", 600)), charge(await opened("second", 600))];

  expect(await first).toMatchObject({ result: { outcome: "bought" } });
  expect(await second).toMatchObject(notSent({ kind: "overCap" }));
  expect(sent).toEqual(["first"]);
});

test("what came of it is in the journal before it is told, and an outcome is not lost where it can't be", async () => {
  const order = await opened("credits");
  await charges()(order);
  expect(await journal.knows(order.reference)).toMatchObject({
    kind: "completed",
    result: { outcome: "bought" },
  });

  jest.spyOn(journal, "complete").mockRejectedValue(new Error("ENOSPC: no space left on device"));
  expect(await charges()(await opened("other"))).toMatchObject({
    result: { outcome: "bought" },
    completionMissing: expect.stringContaining("ENOSPC"),
  });
});
