import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { MEANING, OUTCOMES } from "../../provider/src/domain/outcome";
import type { JournaledPurchase } from "../../provider/src/journal/books";
import { pageOf } from "../../provider/src/receipts/html";
import {
  hidesSecrets,
  type Purchase,
  purchasesOfJournal,
  purchasesOfStack,
} from "../../provider/src/receipts/purchases";
import { sumsOf } from "../../provider/src/receipts/sums";

const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };

const bought = (total: string | undefined, currency = "usd"): Purchase => ({
  outcome: "bought",
  ...(total !== undefined && { total }),
  currency,
});

/** A stack's export, with purchases of these outputs by name. */
function stackOf(purchases: Record<string, unknown>): string {
  const resources = Object.entries(purchases).map(([name, outputs]) => ({
    urn: `urn:pulumi:dev::test::${TYPE}::${name}`,
    type: TYPE,
    outputs,
  }));
  const other = {
    urn: "urn:pulumi:dev::test::aws:s3::other",
    type: "aws:s3",
    outputs: { outcome: "bought" },
  };
  return JSON.stringify({ deployment: { resources: [...resources, other] } });
}

test("totals are exact per currency, where JavaScript's own numbers are not", () => {
  const amount = fc.record({
    cents: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    currency: fc.constantFrom("usd", "miu"),
  });
  const text = (cents: bigint) =>
    `${cents < 0n ? "-" : ""}${(cents < 0n ? -cents : cents) / 100n}.${`${(cents < 0n ? -cents : cents) % 100n}`.padStart(2, "0")}`;
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 20 }), (amounts) => {
      const sums = sumsOf(amounts.map(({ cents, currency }) => bought(text(cents), currency)));
      for (const { currency, total, purchases } of sums.charged) {
        const these = amounts.filter((one) => one.currency === currency);
        expect(purchases).toBe(these.length);
        expect(total).toBe(text(these.reduce((sum, { cents }) => sum + cents, 0n)));
      }
    }),
    { numRuns: 1000 },
  );
});

test("only what was bought is in the totals, and only with a total of Vercel's", () => {
  const others = OUTCOMES.filter((outcome) => outcome !== "bought").map(
    (outcome): Purchase => ({ ...bought("1000.00"), outcome }),
  );
  const sums = sumsOf([
    ...others,
    bought("0.10"),
    bought("0.20"),
    bought(undefined),
    bought("many"),
    bought("5"),
  ]);
  expect(sums.charged).toEqual([{ currency: "usd", purchases: 3, total: "5.30" }]);
  expect(sums.withoutTotal).toHaveLength(2);
});

test.each(OUTCOMES)("%s is listed where the table of outcomes says", (outcome) => {
  const [purchase] = purchasesOfStack(
    stackOf({ credits: { outcome, status: "succeeded", total: "30.00", currency: "usd" } }),
  );
  const { charged, separate } = sumsOf([purchase as Purchase]);
  const isSeparate = Object.values(separate).flat().length === 1;
  const where = charged.length === 1 ? "total" : isSeparate ? "apart" : "not charged";
  expect(where).toBe(MEANING[outcome].receipts);
  expect(pageOf([purchase as Purchase], "here").includes("Not in the totals.")).toBe(isSeparate);
});

test.each(["0.1.0", "before-the-journal", "before-the-preflight"])("a stack of %s", (version) => {
  const exported = readFileSync(join(__dirname, `../upgrade/states/${version}.json`), "utf8");
  const purchases = purchasesOfStack(exported);
  const { charged, withoutTotal, separate } = sumsOf(purchases);
  expect(charged).toEqual([{ currency: "usd", purchases: 1, total: "11.00" }]);
  expect(withoutTotal.map(({ name }) => name)).toEqual(["subscription"]);
  const names = Object.values(separate).map((these) => these.map(({ name }) => name));
  expect(names).toEqual([["unknown"], ["pending"], ["checkout"], ["adopted"]]);
  expect(hidesSecrets(exported)).toBe(false);
});

test("an earlier attempt in doubt stays on record, listed separately", () => {
  const purchases = purchasesOfStack(
    stackOf({
      credits: {
        __label: "credits",
        outcome: "bought",
        status: "succeeded",
        total: "30.00",
        currency: "usd",
        orderId: "order_2",
        __earlierAttempts: [{ status: "unknown", amount: 30, orderId: "order_1", reason: "no answer" }],
      },
    }),
  );
  expect(purchases.map(({ order, outcome, name }) => [name, order, outcome])).toEqual([
    ["credits", "order_1", "unknown"],
    ["credits", "order_2", "bought"],
  ]);
});

test("a purchase without a time of Vercel's has that of its own record, and an earlier attempt has none", () => {
  const outputs = {
    outcome: "adopted",
    attempt: 3,
    orderId: "order_3",
    __earlierAttempts: [
      { outcome: "refused", attempt: 1, orderId: "order_1" },
      { outcome: "bought", attempt: 2, orderId: "order_2", createdAt: "2026-10-02T00:00:00.000Z" },
    ],
  };
  const resource = {
    urn: `urn:pulumi:dev::test::${TYPE}::credits`,
    type: TYPE,
    created: "2026-10-01T12:40:54.785074752Z",
    modified: "2026-11-25T12:42:56.585123456Z",
    outputs,
  };
  const purchases = purchasesOfStack(JSON.stringify({ deployment: { resources: [resource] } }));
  expect(Object.fromEntries(purchases.map(({ order, time }) => [order, time]))).toEqual({
    order_1: undefined,
    order_2: "2026-10-02T00:00:00.000Z",
    order_3: "2026-11-25T12:42:56.585Z",
  });
});

test("a record that was altered is in no total, and says so", () => {
  const [purchase] = purchasesOfStack(
    stackOf({ credits: { outcome: "succeeded", total: "30.00", currency: "usd" } }),
  );
  expect(purchase).toMatchObject({ outcome: "unknown", altered: expect.stringContaining("succeeded") });
});

test("what an export hides as a secret is not taken for a number, and is noticed", () => {
  const stack = stackOf({
    credits: { outcome: "bought", amount: SECRET, total: SECRET, currency: "usd", __provider: SECRET },
  });
  const { charged, withoutTotal } = sumsOf(purchasesOfStack(stack));
  expect(charged).toEqual([]);
  expect(withoutTotal).toHaveLength(1);
  expect(hidesSecrets(stack)).toBe(true);
  expect(hidesSecrets(stackOf({ credits: { outcome: "bought", __provider: SECRET } }))).toBe(false);
});

test("the journal's purchases are listed by their outcome, with what a person's word settled", () => {
  const of = (order: string, changes: Partial<JournaledPurchase>): JournaledPurchase => ({
    order,
    reference: { orderId: order, attempt: 1 },
    outcome: "bought",
    receipt: {},
    requestLeft: true,
    unresolved: false,
    forgotten: false,
    doubleCharge: false,
    known: false,
    name: "credits",
    amount: 30,
    ...changes,
  });
  const purchases = purchasesOfJournal([
    of("order_2", { time: "2026-02-01T00:00:00Z", receipt: { total: "30.00", currency: "usd" } }),
    of("order_1", { time: "2026-01-01T00:00:00Z", outcome: "adopted", settled: "unknown" }),
    of("order_3", { time: "2026-03-01T00:00:00Z", outcome: "notSent", requestLeft: false }),
  ]);
  expect(purchases.map(({ order }) => order)).toEqual(["order_1", "order_2", "order_3"]);
  expect(sumsOf(purchases)).toMatchObject({
    charged: [{ total: "30.00", purchases: 1 }],
    separate: { adopted: [{ order: "order_1", settled: "unknown" }] },
  });
});
