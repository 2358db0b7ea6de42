import fc from "fast-check";
import { type Purchase, purchasesOfStack } from "../../provider/src/receipts/purchases";
import { sumsOf } from "../../provider/src/receipts/sums";

const bought = (total: string | undefined, currency: string | undefined = "usd"): Purchase => ({
  standing: "charged",
  status: "succeeded",
  total,
  currency,
});

test("sums are exact per currency, where JavaScript's own numbers are not", () => {
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

test("what is pending, unknown, adopted, not bought, or without a total is in no sum", () => {
  const others: Purchase[] = (["pending", "unknown", "adopted", "did not buy"] as const).map((standing) => ({
    ...bought("1000.00"),
    standing,
  }));
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

test("an earlier attempt that nobody knows the end of stays on record, apart", () => {
  const outputs = {
    __label: "credits",
    status: "succeeded",
    total: "30.00",
    currency: "usd",
    orderId: "order_2",
    __earlierAttempts: [{ status: "unknown", amount: 30, orderId: "order_1" }, "torn"],
  };
  const type = "pulumi-nodejs:dynamic/vercel:CreditPurchase";
  const resources = [
    { urn: `urn:pulumi:dev::test::${type}::credits`, type, outputs },
    { urn: "urn:pulumi:dev::test::aws:s3::other", type: "aws:s3", outputs: { status: "succeeded" } },
    {
      urn: `urn:pulumi:dev::test::${type}::secret`,
      type,
      outputs: { amount: { ciphertext: "x" }, status: 7 },
    },
  ];
  const purchases = purchasesOfStack(JSON.stringify({ deployment: { resources } }));
  expect(purchases.map(({ order, standing, name }) => [name, order, standing])).toEqual([
    ["credits", "order_1", "unknown"],
    ["credits", "order_2", "charged"],
    ["secret", undefined, "unknown"],
  ]);
});
