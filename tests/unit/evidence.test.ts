import fc from "fast-check";
import { compare, type Others, type Snapshot } from "../../provider/src/balances/evidence";

const NO_OTHERS: Others = { charged: [], doubtful: [], isComplete: true };
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
          const { verdict } = compare(amount, was, is, { ...NO_OTHERS, charged: others });
          expect(verdict).toBe(charged ? "very likely charged" : "very likely not charged");
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
          const { verdict } = compare(amount, gateway(0, 0), gateway(bought * 100, 0), {
            ...NO_OTHERS,
            doubtful: doubtful.map((one) => one.amount),
          });
          expect(verdict).not.toBe(charged ? "very likely not charged" : "very likely charged");
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
      expect(compare(100, gateway(0, 0), gateway(came * 100, 0), NO_OTHERS).verdict).toBe("can't tell");
    }
  });

  test("can't tell that it was charged where purchases of other runs are not known", () => {
    const others = { ...NO_OTHERS, isComplete: false };
    expect(compare(100, gateway(0, 0), gateway(100_00, 0), others).verdict).toBe("can't tell");
    expect(compare(100, gateway(0, 0), gateway(0, 0), others).verdict).toBe("very likely not charged");
  });
});

describe("v0's blocks", () => {
  const earlier = [50, "2026-01-01T00:00:00Z"] as const;

  test("a new block of the amount says that it was charged, none says that it was not", () => {
    const after = v0([earlier, [30, "2026-11-24T00:01:00Z"]]);
    expect(compare(30, v0([earlier]), after, NO_OTHERS)).toMatchObject({
      verdict: "very likely charged",
      says: expect.stringContaining("$30.00 of 2026-11-24T00:01:00Z was added"),
    });
    expect(compare(30, v0([earlier]), v0([earlier]), NO_OTHERS).verdict).toBe("very likely not charged");
    expect(compare(31, v0([earlier]), after, NO_OTHERS).verdict).toBe("very likely not charged");
  });

  test("a block of another purchase on record is not taken for this one", () => {
    const one = v0([earlier, [30, "2026-11-24T00:01:00Z"]]);
    const two = v0([earlier, [30, "2026-11-24T00:01:00Z"], [30, "2026-11-24T00:02:00Z"]]);
    expect(compare(30, v0([earlier]), one, { ...NO_OTHERS, charged: [30] }).verdict).toBe(
      "very likely not charged",
    );
    expect(compare(30, v0([earlier]), two, { ...NO_OTHERS, charged: [30] }).verdict).toBe(
      "very likely charged",
    );
    expect(compare(30, v0([earlier]), one, { ...NO_OTHERS, doubtful: [30] }).verdict).toBe("can't tell");
  });

  test("without blocks, a balance that did not rise can't tell, because use hides a purchase", () => {
    const bare = (balance: string): Snapshot => ({ creditType: "v0", at: "", balance });
    expect(compare(30, bare("10"), bare("10"), NO_OTHERS).verdict).toBe("can't tell");
    expect(compare(30, bare("10"), bare("35"), NO_OTHERS).verdict).toBe("very likely charged");
    expect(compare(30, bare("10"), bare("135"), NO_OTHERS).verdict).toBe("can't tell");
  });
});
