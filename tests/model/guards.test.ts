import "./simulation";
import fc from "fast-check";
import { ArmedOrders } from "../../provider/src/charge/armed-orders";
import * as judging from "../../provider/src/charge/judge";
import * as claiming from "../../provider/src/journal/claims";
import { Claims } from "../../provider/src/journal/claims";
import { Journal } from "../../provider/src/journal/journal";
import * as knowledge from "../../provider/src/journal/knowledge";
import { Markers } from "../../provider/src/journal/marker";
import * as decision from "../../provider/src/lifecycle/decision";
import * as findings from "../../provider/src/lifecycle/findings";
import { Disk } from "./disk";
import { Fault } from "./engine";
import {
  asleep,
  halved,
  histories,
  killed,
  overlaps,
  settled,
  storedCopies,
  undisturbedHistories,
  unjournaled,
} from "./history";
import { Violation } from "./judge";
import { print, World } from "./world";

// Modules whose functions can be replaced.
jest.mock("../../provider/src/charge/judge", () => ({
  __esModule: true,
  ...jest.requireActual("../../provider/src/charge/judge"),
}));
jest.mock("../../provider/src/journal/claims", () => ({
  __esModule: true,
  ...jest.requireActual("../../provider/src/journal/claims"),
}));
jest.mock("../../provider/src/journal/knowledge", () => ({
  __esModule: true,
  ...jest.requireActual("../../provider/src/journal/knowledge"),
}));
jest.mock("../../provider/src/lifecycle/decision", () => ({
  __esModule: true,
  ...jest.requireActual("../../provider/src/lifecycle/decision"),
}));
jest.mock("../../provider/src/lifecycle/findings", () => ({
  __esModule: true,
  ...jest.requireActual("../../provider/src/lifecycle/findings"),
}));

beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation(print);
});

afterEach(() => jest.restoreAllMocks());

const holdsFor = (arbitrary: typeof histories) =>
  fc.asyncProperty(arbitrary, (history) => new World().play(history));

/** Each with as many histories as its guards need. */
const PROPERTIES = {
  histories: { holds: holdsFor(histories), runs: 600 },
  copies: { holds: holdsFor(storedCopies), runs: 150 },
  overlaps: { holds: holdsFor(overlaps), runs: 600 },
  halved: { holds: holdsFor(halved), runs: 200 },
  unjournaled: { holds: holdsFor(unjournaled), runs: 200 },
  killed: { holds: holdsFor(killed), runs: 60 },
  settled: { holds: holdsFor(settled), runs: 200 },
  asleep: { holds: holdsFor(asleep), runs: 60 },
  undisturbed: {
    holds: fc.asyncProperty(undisturbedHistories, async (history) => {
      const world = new World();
      await world.play(history);
      await world.expectNextUpdateToBuy();
    }),
    runs: 300,
  },
};

/** A guard of the design, broken on purpose, and the histories that find it soonest. */
const BROKEN: Record<string, { in: keyof typeof PROPERTIES; finds: RegExp; break(): void }> = {
  "an order can be used again": {
    in: "unjournaled",
    finds: /two requests left for one order/,
    break() {
      const { disarm } = ArmedOrders.prototype;
      jest.spyOn(ArmedOrders.prototype, "disarm").mockImplementation(function (this: ArmedOrders, id) {
        const order = disarm.call(this, id);
        if (order) this.arm(order);
        return order;
      });
    },
  },
  "an order of another process counts as armed": {
    in: "unjournaled",
    finds: /two requests left for one order|said of a charge/,
    break() {
      const { arm, disarm } = ArmedOrders.prototype;
      const ofAll = new ArmedOrders();
      const rearm = (id: string) => {
        const order = disarm.call(ofAll, id);
        if (order) arm.call(ofAll, order);
        return order;
      };
      jest.spyOn(ArmedOrders.prototype, "arm").mockImplementation((order) => arm.call(ofAll, order));
      jest.spyOn(ArmedOrders.prototype, "disarm").mockImplementation(rearm);
    },
  },
  "a higher attempt buys what a person has adopted in the journal": {
    in: "settled",
    finds: /a person said in the journal that it was made/,
    break() {
      jest.spyOn(knowledge, "isAdopted").mockReturnValue(false);
    },
  },
  "a request leaves before its intent is written": {
    in: "histories",
    finds: /without an intent record/,
    break() {
      jest.spyOn(Journal.prototype, "claim").mockResolvedValue({ kind: "claimed", sendBefore: Infinity });
    },
  },
  "the disk takes each record for the first of its name": {
    in: "overlaps",
    finds: /took for one never sent/,
    break() {
      const { createIfAbsent } = Disk.prototype;
      jest.spyOn(Disk.prototype, "createIfAbsent").mockImplementation(function (this: Disk, ...record) {
        createIfAbsent.apply(this, record);
        return true;
      });
    },
  },
  "an order is closed without a record": {
    in: "overlaps",
    finds: /settled or forgotten|took for one never sent|without a higher attempt/,
    break() {
      jest.spyOn(Journal.prototype, "close").mockResolvedValue(true);
    },
  },
  "a copy counts as the original": {
    in: "copies",
    finds: /another request left for a purchase on record/,
    break() {
      const { standing } = Markers.prototype;
      jest.spyOn(Markers.prototype, "standing").mockImplementation(async function (this: Markers, journal) {
        const is = await standing.call(this, journal);
        return is === "copy" ? "original" : is;
      });
    },
  },
  "an intent without a completion counts as never sent": {
    in: "overlaps",
    finds: /./,
    break() {
      const { knows } = Journal.prototype;
      jest.spyOn(Journal.prototype, "knows").mockImplementation(async function (this: Journal, order) {
        const known = await knows.call(this, order);
        return known.kind === "inDoubt" ? { kind: "neverSent", isClosed: true } : known;
      });
    },
  },
  "a journal that knows nothing of an order counts as proof": {
    in: "copies",
    finds: /another request left for a purchase on record/,
    break() {
      const { knows } = Journal.prototype;
      jest.spyOn(Journal.prototype, "knows").mockImplementation(async function (this: Journal, order) {
        const known = await knows.call(this, order);
        return known.kind === "nothing" ? { kind: "neverSent", isClosed: true } : known;
      });
    },
  },
  "the journal knows nothing": {
    in: "undisturbed",
    finds: /did not buy by itself/,
    break() {
      jest.spyOn(Journal.prototype, "knows").mockResolvedValue({ kind: "nothing" });
    },
  },
  "a claim is taken by a number that is free, whoever has those before": {
    in: "overlaps",
    finds: /requests? left .* without a higher attempt/,
    break() {
      const { all } = Claims.prototype;
      jest.spyOn(Claims.prototype, "all").mockImplementation(async function (this: Claims) {
        const claims = await all.call(this);
        // The last one is not seen, so its number is taken for free, and the next one is.
        return claims.map((claim) =>
          claim !== "torn" && "order" in claim ? { ...claim, closed: "order_nobody", proof: false } : claim,
        ) as never;
      });
    },
  },
  "a lease ends at once": {
    in: "overlaps",
    finds: /two leases|settled or forgotten/,
    break() {
      jest.spyOn(claiming, "leaseOf").mockReturnValue(undefined);
    },
  },
  "a sender past its lease still sends": {
    in: "asleep",
    finds: /past its lease/,
    break() {
      const { leaseFor } = claiming;
      jest.spyOn(claiming, "leaseFor").mockImplementation((seconds, now) => ({
        ...leaseFor(seconds, now),
        sendBefore: Infinity,
      }));
    },
  },
  "a new order is permission, after an answer is missing": {
    in: "halved",
    finds: /another request left for a purchase on record/,
    break() {
      const { actionOf } = findings;
      jest.spyOn(findings, "actionOf").mockImplementation((state, wish, known) => {
        const action = actionOf(state, wish, known);
        return action.kind === "keep" && state.outcome === "unknown" ? { kind: "again" } : action;
      });
    },
  },
  "a new order is permission, after a refusal": {
    in: "halved",
    finds: /another request left for a purchase on record/,
    break() {
      const { actionOf } = findings;
      const { wishOf } = decision;
      // What is refused is asked about nowhere; as this wish it is.
      jest
        .spyOn(decision, "wishOf")
        .mockImplementation((...asked) =>
          asked[0].outcome === "refused" ? { kind: "buy", attempt: 1 } : wishOf(...asked),
        );
      jest
        .spyOn(findings, "actionOf")
        .mockImplementation((state, ...rest) =>
          state.outcome === "refused" ? { kind: "again" } : actionOf(state, ...rest),
        );
    },
  },
  "a lower attempt, or a raised one after bought, is a word, too": {
    in: "histories",
    finds: /has the purchase as made|that was made was changed/,
    break() {
      const { wishOf } = decision;
      jest.spyOn(decision, "wishOf").mockImplementation((state, declaration) => {
        const wanted = Number(declaration.arguments.attempt);
        if (wanted > (state.arguments.attempt ?? 1)) return { kind: "buy", attempt: wanted };
        return wishOf(state, declaration);
      });
    },
  },
  "any 4xx counts as refused": {
    in: "histories",
    finds: /said of a charge|answered as/,
    break() {
      const { judge } = judging;
      jest.spyOn(judging, "judge").mockImplementation((reply) => {
        const result = judge(reply);
        const isRefusal = reply.kind === "answer" && reply.httpStatus >= 400 && reply.httpStatus < 500;
        return isRefusal ? { ...result, outcome: "refused" } : result;
      });
    },
  },
  "Vercel's word is taken for the outcome": {
    in: "histories",
    finds: /said of a charge|answered as/,
    break() {
      const { judge } = judging;
      jest.spyOn(judging, "judge").mockImplementation((reply) => {
        const result = judge(reply);
        return result.status === "refused" || result.status === "notSent"
          ? { ...result, outcome: result.status as never }
          : result;
      });
    },
  },
  "the journal keeps no receipt": {
    in: "killed",
    finds: /record of a charge is lost/,
    break() {
      const { complete } = Journal.prototype;
      jest.spyOn(Journal.prototype, "complete").mockImplementation(function (
        this: Journal,
        id,
        result,
        ...rest
      ) {
        return complete.call(this, id, { ...result, receipt: {} }, ...rest);
      });
    },
  },
  "a message says that nothing was charged, whatever it was": {
    in: "histories",
    finds: /said of a charge/,
    break() {
      const { toWellFormed } = String.prototype;
      jest.spyOn(String.prototype, "toWellFormed").mockImplementation(function (this: string) {
        return toWellFormed.call(this).replace("The card may have been charged.", "Nothing was charged.");
      });
    },
  },
  "half a character is left in a message": {
    in: "histories",
    finds: /half a character/,
    break() {
      jest.spyOn(String.prototype, "toWellFormed").mockImplementation(function (this: string) {
        return String(this);
      });
    },
  },
};

const seed = 1;

// The histories in which a broken guard is looked for hold with all of them whole.
test.each(Object.keys(PROPERTIES) as (keyof typeof PROPERTIES)[])(
  "with all guards, all is well: %s",
  async (of) => {
    const { holds, runs } = PROPERTIES[of];
    await fc.assert(holds as never, { numRuns: runs, seed });
  },
);

test.each(Object.keys(BROKEN))("it is noticed where %s", async (name) => {
  const guard = BROKEN[name] as (typeof BROKEN)[string];
  const { holds, runs } = PROPERTIES[guard.in];
  guard.break();
  const found = await fc.check(holds as ReturnType<typeof holdsFor>, {
    numRuns: runs,
    seed,
    endOnFailure: true,
  });
  if (process.env.SHOW) process.stdout.write(`${name}: ${found.numRuns} ${found.errorInstance}\n`);
  const { errorInstance } = found;
  expect(errorInstance instanceof Violation || errorInstance instanceof Fault).toBe(true);
  expect(String(errorInstance)).toMatch(guard.finds);
});
