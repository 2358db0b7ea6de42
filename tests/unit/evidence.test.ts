import fc from "fast-check";
import { compare, type Others } from "../../provider/src/balances/evidence";
import { type OtherPurchase, othersSince } from "../../provider/src/balances/others";
import type { Snapshot } from "../../provider/src/domain/balance-snapshot";
import { OUTCOMES } from "../../provider/src/domain/outcome";

const NO_OTHERS: Others = { charged: [], inDoubt: [], isComplete: true };
const cents = fc.integer({ min: 0, max: 5_000_00 });
const money = (inCents: number) =>
  `${inCents < 0 ? "-" : ""}${Math.floor(Math.abs(inCents) / 100)}.${`${Math.abs(inCents) % 100}`.padStart(2, "0")}`;

function gateway(bought: number, used: number): Snapshot {
  return {
    creditType: "gateway",
    at: "2026-11-24T00:00:00Z",
    balance: money(bought - used),
    totalUsed: money(used),
  };
}

function v0(purchases: readonly (readonly [number, string])[], balance = "0"): Snapshot {
  return {
    creditType: "v0",
    at: "2026-11-24T00:00:00Z",
    balance,
    blocks: purchases.map(([amount, effectiveDate]) => ({ originalBalance: `${amount}`, effectiveDate })),
  };
}

describe("the AI Gateway's balance", () => {
  test("says that a purchase was charged or not, whatever was bought before, used in between, or bought besides", () => {
    fc.assert(
      fc.property(
        fc.record({
          amount: fc.integer({ min: 1, max: 1000 }),
          before: cents,
          usedBefore: cents,
          usedSince: cents,
          others: fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 4 }),
          charged: fc.boolean(),
        }),
        ({ amount, before, usedBefore, usedSince, others, charged }) => {
          const bought = others.reduce((sum, one) => sum + one, charged ? amount : 0) * 100;
          const was = gateway(before + usedBefore, usedBefore);
          const is = gateway(before + usedBefore + bought, usedBefore + usedSince);
          const { hint } = compare(amount, was, is, { ...NO_OTHERS, charged: others });
          expect(hint).toBe(charged ? "very likely charged" : "very likely not charged");
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("never says the opposite of what happened, whatever else came in or is in doubt", () => {
    fc.assert(
      fc.property(
        fc.record({
          amount: fc.integer({ min: 1, max: 1000 }),
          doubtful: fc.array(
            fc.record({ amount: fc.integer({ min: 1, max: 1000 }), charged: fc.boolean() }),
            {
              minLength: 1,
              maxLength: 3,
            },
          ),
          charged: fc.boolean(),
        }),
        ({ amount, doubtful, charged }) => {
          const bought = doubtful.reduce(
            (sum, one) => sum + (one.charged ? one.amount : 0),
            charged ? amount : 0,
          );
          const { hint } = compare(amount, gateway(0, 0), gateway(bought * 100, 0), {
            ...NO_OTHERS,
            inDoubt: doubtful.map((one) => one.amount),
          });
          expect(hint).not.toBe(charged ? "very likely not charged" : "very likely charged");
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("gives the figures, exact", () => {
    const { says } = compare(100, gateway(100_12, 50_00), gateway(200_12, 53_21), NO_OTHERS);
    expect(says).toBe(
      "The AI Gateway balance was $50.12 when its order was opened (2026-11-24T00:00:00Z) and is $146.91 now, with " +
        "$3.21 used in between: $100.00 came in. So these $100.00 were very likely charged.",
    );
  });

  test("can't tell where something else came in: another purchase, a free credit that ended, a top-up", () => {
    for (const came of [50, 95, 105, 200]) {
      expect(compare(100, gateway(0, 0), gateway(came * 100, 0), NO_OTHERS).hint).toBe("can't tell");
    }
  });

  test("can't tell that it was charged where purchases of other runs are not known", () => {
    const others = { ...NO_OTHERS, isComplete: false };
    expect(compare(100, gateway(0, 0), gateway(100_00, 0), others).hint).toBe("can't tell");
    expect(compare(100, gateway(0, 0), gateway(0, 0), others).hint).toBe("very likely not charged");
  });
});

describe("v0's blocks", () => {
  const earlier = [50, "2026-01-01T00:00:00Z"] as const;

  test("a new block of the amount says that it was charged, none says that it was not", () => {
    const after = v0([earlier, [30, "2026-11-24T00:01:00Z"]]);
    expect(compare(30, v0([earlier]), after, NO_OTHERS)).toMatchObject({
      hint: "very likely charged",
      says: expect.stringContaining("$30.00 of 2026-11-24T00:01:00Z was added"),
    });
    expect(compare(30, v0([earlier]), v0([earlier]), NO_OTHERS).hint).toBe("very likely not charged");
    expect(compare(31, v0([earlier]), after, NO_OTHERS).hint).toBe("can't tell");
  });

  test("a block of another purchase on record is not taken for this one", () => {
    const one = v0([earlier, [30, "2026-11-24T00:01:00Z"]]);
    const two = v0([earlier, [30, "2026-11-24T00:01:00Z"], [30, "2026-11-24T00:02:00Z"]]);
    expect(compare(30, v0([earlier]), one, { ...NO_OTHERS, charged: [30] }).hint).toBe(
      "very likely not charged",
    );
    expect(compare(30, v0([earlier]), two, { ...NO_OTHERS, charged: [30] }).hint).toBe("very likely charged");
    expect(compare(30, v0([earlier]), one, { ...NO_OTHERS, inDoubt: [30] }).hint).toBe("can't tell");
  });

  test("without blocks, a balance that did not rise can't tell, because use hides a purchase", () => {
    const bare = (balance: string): Snapshot => ({ creditType: "v0", at: "", balance });
    expect(compare(30, bare("10"), bare("10"), NO_OTHERS).hint).toBe("can't tell");
    expect(compare(30, bare("10"), bare("40"), NO_OTHERS).hint).toBe("very likely charged");
    expect(compare(30, bare("10"), bare("35"), NO_OTHERS).hint).toBe("can't tell");
    expect(compare(30, bare("10"), bare("135"), NO_OTHERS).hint).toBe("can't tell");
  });
});

describe("whatever is unexplained is can't tell", () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 });
  /** What came in that nobody here knows of: bought by others, or a free credit. */
  const strange = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });
  const situation = fc.record({
    amount: fc.integer({ min: 1, max: 60 }),
    charged: amounts,
    inDoubt: amounts,
    isComplete: fc.boolean(),
    isCharged: fc.boolean(),
    strange,
  });
  const total = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0);

  test("v0: a block that no purchase explains", () => {
    fc.assert(
      fc.property(situation, ({ amount, isCharged, strange, ...others }) => {
        const came = [...others.charged, ...(isCharged ? [amount] : []), ...strange];
        const { hint, says } = compare(
          amount,
          v0([]),
          v0(came.map((one, i) => [one, `2026-11-24T00:0${i}:00Z`])),
          others,
        );
        expect(hint).not.toBe("very likely not charged");
        // One that looks exactly like this purchase, or like one in doubt, can't be told from it.
        const explained = [amount, ...others.inDoubt];
        if (strange.some((one) => !explained.includes(one))) {
          expect(hint).toBe("can't tell");
          expect(says).toContain("Nothing on record explains $");
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("the AI Gateway: dollars that no purchase explains", () => {
    fc.assert(
      fc.property(situation, ({ amount, isCharged, strange, ...others }) => {
        const came = total([...others.charged, ...(isCharged ? [amount] : []), ...strange]);
        const { hint, says } = compare(amount, gateway(0, 0), gateway(came * 100, 0), others);
        expect(hint).not.toBe("very likely not charged");
        const unexplained = came - total(others.charged);
        if (unexplained !== amount) {
          expect(hint).toBe("can't tell");
          expect(says).toContain(`Nothing on record explains $${unexplained}.00.`);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("what was seen: $55.00 came in beside an unexplained purchase of $50.00", () => {
    const { hint, says } = compare(50, v0([]), v0([[55, "2026-11-24T00:01:00Z"]]), NO_OTHERS);
    expect(hint).toBe("can't tell");
    expect(says).toMatch(
      /and \$55\.00 of \S+ was added\. Nothing on record explains \$55\.00\. The balance can't tell/,
    );
  });

  test("a purchase on record that doesn't show yet: nor would this one", () => {
    expect(compare(50, v0([]), v0([]), { ...NO_OTHERS, charged: [20] }).hint).toBe("can't tell");
    expect(compare(50, gateway(0, 0), gateway(0, 0), { ...NO_OTHERS, charged: [20] }).hint).toBe(
      "can't tell",
    );
  });
});

describe("the other purchases", () => {
  const since = "2026-11-24T00:00:00Z";
  const about = { order: "order_1", creditType: "gateway", team: "acme" };
  const other = (changes: Partial<OtherPurchase>): OtherPurchase => ({
    ...about,
    order: "order_2",
    amount: 30,
    outcome: "bought",
    requestLeft: true,
    time: "2026-11-24T00:01:00Z",
    ...changes,
  });

  test.each(OUTCOMES)("%s counts by its outcome", (outcome) => {
    const expected = {
      bought: { charged: [30], inDoubt: [] },
      adopted: { charged: [30], inDoubt: [] },
      pending: { charged: [], inDoubt: [30] },
      unknown: { charged: [], inDoubt: [30] },
      // Paid later, or wrongly said not to be there.
      checkout: { charged: [], inDoubt: [30] },
      withdrawn: { charged: [], inDoubt: [30] },
      failed: { charged: [], inDoubt: [] },
      refused: { charged: [], inDoubt: [] },
      notSent: { charged: [], inDoubt: [] },
    };
    expect(othersSince([other({ outcome })], about, since)).toEqual(expected[outcome]);
  });

  test("one that this machine did not send may have been charged at any time", () => {
    const found = other({ outcome: "adopted", requestLeft: false });
    expect(othersSince([found], about, since)).toEqual({ charged: [], inDoubt: [30] });
  });

  test("itself, other credits, other teams and earlier ones don't count", () => {
    const none = [
      { order: "order_1" },
      { creditType: "v0" },
      { team: "other" },
      { time: "2026-11-23T00:00:00Z" },
    ];
    expect(othersSince(none.map(other), about, since)).toEqual({ charged: [], inDoubt: [] });
  });
});
