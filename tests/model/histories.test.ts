import fc from "fast-check";
import { ArmedOrders } from "../../provider/src/charge/armed-orders";
import { Journal, type Knowledge } from "../../provider/src/journal/journal";
import { histories, undisturbedHistories } from "./history";
import { Disk } from "./machine";
import { printed, Violation, World } from "./world";

beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation((line) => {
    printed.push(String(line));
  });
});

afterEach(() => jest.restoreAllMocks());

const holds = fc.asyncProperty(histories, (history) => new World().play(history));

const buysAgain = fc.asyncProperty(undisturbedHistories, async (history) => {
  const world = new World();
  await world.play(history);
  await world.expectNextUpdateToBuy();
});

/** The same histories at each run. To look further: HISTORIES_SEED=$RANDOM HISTORIES=100000 npx jest tests/model. */
const { HISTORIES, HISTORIES_SEED } = process.env;
const runs = (numRuns: number) => ({
  numRuns: Number(HISTORIES ?? numRuns),
  seed: Number(HISTORIES_SEED ?? 1),
});

test("whatever happens, an order is sent once, no charge comes unasked, and none is lost", async () => {
  await fc.assert(holds, runs(20_000));
});

test("undisturbed, what was refused or never sent is bought by the next update", async () => {
  await fc.assert(buysAgain, runs(8_000));
});

const notOpen = (as: (orderId: string) => Knowledge) => {
  const { knows } = Journal.prototype;
  jest.spyOn(Journal.prototype, "knows").mockImplementation(async function (this: Journal, order) {
    const known = await knows.call(this, order);
    return known.verdict === "open" ? as(known.orderId) : known;
  });
};

const withoutAnswerCountsAsNeverSent = () => notOpen((orderId) => ({ verdict: "unsent", orderId }));

test("a request without an answer that is taken for one never sent is stopped by its record", async () => {
  withoutAnswerCountsAsNeverSent();
  await fc.assert(holds, runs(5_000));
});

describe("a guard that is broken is noticed:", () => {
  const breaks: Record<string, () => void> = {
    "an order can be used again": () => {
      const { disarm } = ArmedOrders.prototype;
      jest.spyOn(ArmedOrders.prototype, "disarm").mockImplementation(function (this: ArmedOrders, id) {
        const order = disarm.call(this, id);
        if (order) this.arm(order);
        return order;
      });
    },
    "an order of another process counts as armed": () => {
      const { arm, disarm } = ArmedOrders.prototype;
      const ofAll = new ArmedOrders();
      jest.spyOn(ArmedOrders.prototype, "arm").mockImplementation((order) => arm.call(ofAll, order));
      jest.spyOn(ArmedOrders.prototype, "disarm").mockImplementation((id) => disarm.call(ofAll, id));
    },
    "the journal takes each record for the first of its name": () => {
      jest.spyOn(Disk.prototype, "createIfAbsent").mockImplementation(function (this: Disk, name, text) {
        if (!this.records.has(name)) this.records.set(name, text);
        return true;
      });
    },
    "a request leaves before it is written down": () => {
      jest.spyOn(Journal.prototype, "sent").mockResolvedValue(true);
    },
    "an order is given up without a record": () => {
      jest.spyOn(Journal.prototype, "giveUp").mockResolvedValue(true);
    },
    "a request without an answer counts as refused": () => {
      notOpen((orderId) => ({
        verdict: "ended",
        orderId,
        outcome: { status: "refused", receipt: {}, reason: "" },
      }));
    },
    "a request without an answer counts as never sent, and its record can be overwritten": () => {
      withoutAnswerCountsAsNeverSent();
      jest.spyOn(Disk.prototype, "createIfAbsent").mockImplementation(function (this: Disk, name, text) {
        this.records.set(name, text);
        return true;
      });
    },
    "the journal keeps no receipt": () => {
      const { ended } = Journal.prototype;
      jest.spyOn(Journal.prototype, "ended").mockImplementation(function (this: Journal, id, outcome) {
        return ended.call(this, id, { ...outcome, receipt: {}, news: "✅" });
      });
    },
  };

  test.each(Object.keys(breaks))("%s", async (name) => {
    breaks[name]?.();
    const found = await fc.check(holds, { ...runs(20_000), endOnFailure: true });
    expect(found).toMatchObject({ failed: true, errorInstance: expect.any(Violation) });
  });

  test("a journal that knows nothing", async () => {
    jest.spyOn(Journal.prototype, "knows").mockResolvedValue({ verdict: "silent" });
    const found = await fc.check(buysAgain, { ...runs(1_000), endOnFailure: true });
    expect(found).toMatchObject({ failed: true, errorInstance: expect.any(Violation) });
  });
});
