import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { detailedText } from "../../provider/src/cli/receipts-purchase";
import { receiptsText } from "../../provider/src/cli/receipts-text";
import { MEANING, OUTCOMES } from "../../provider/src/domain/outcome";
import type { JournaledPurchase } from "../../provider/src/journal/books";
import { pageOf } from "../../provider/src/receipts/html";
import {
  hidesSecrets,
  type Purchase,
  purchasesOfJournal,
  purchasesOfStack,
} from "../../provider/src/receipts/purchases";
import { select } from "../../provider/src/receipts/select";
import { sumsOf } from "../../provider/src/receipts/sums";

const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };

const bought = (total: string | undefined, currency = "usd"): Purchase => ({
  outcome: "bought",
  ...(total !== undefined && { total }),
  currency,
});

const HERE = { source: "here", date: new Date("2026-11-26T12:00:00Z") };

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
  expect(pageOf([purchase as Purchase], HERE).includes("Not in the totals.")).toBe(isSeparate);
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

const HIDDEN = { amount: SECRET, total: SECRET, tax: SECRET };

test("what an export hides as a secret is not taken for a number, and is noticed", () => {
  const stack = stackOf({ credits: { outcome: "bought", ...HIDDEN, currency: "usd", __provider: SECRET } });
  const { charged, withoutTotal, secretTotal } = sumsOf(purchasesOfStack(stack));
  expect(charged).toEqual([]);
  expect(withoutTotal).toEqual([]);
  expect(secretTotal).toMatchObject([{ name: "credits", secret: ["amount", "tax", "total"] }]);
  expect(hidesSecrets(stack)).toBe(true);
  expect(hidesSecrets(stackOf({ credits: { outcome: "bought", __provider: SECRET } }))).toBe(false);
});

describe("a sum that lacks what an export hides", () => {
  const dated = (purchases: Purchase[]) => purchases.map((one) => ({ ...one, time: "2026-11-01T00:00:00Z" }));
  const open = { outcome: "bought", team: "acme", total: "30.00", currency: "usd" };
  const other = { outcome: "bought", team: "other", total: "5.00", currency: "eur" };
  const usd = { currency: "usd", purchases: 1, total: "30.00" };
  const eur = { currency: "eur", purchases: 1, total: "5.00" };
  const incomplete = true;

  test.each([
    [
      "a total",
      { outcome: "bought", team: "acme", currency: "usd", ...HIDDEN },
      [eur, { ...usd, incomplete }],
    ],
    [
      "a total and its currency",
      { outcome: "bought", team: "acme", ...HIDDEN, currency: SECRET },
      [
        { ...eur, incomplete },
        { ...usd, incomplete },
      ],
    ],
    [
      "what earlier attempts came to",
      { outcome: "refused", team: "acme", __earlierAttempts: SECRET },
      [
        { ...eur, incomplete },
        { ...usd, incomplete },
      ],
    ],
    [
      "what it came to",
      { outcome: SECRET, team: "acme", total: "7.00", currency: "usd" },
      [
        { ...eur, incomplete },
        { ...usd, incomplete },
      ],
    ],
    ["nothing that was charged", { outcome: "refused", ...HIDDEN }, [eur, usd]],
  ])("says so: %s", (_what, outputs, charged) => {
    const purchases = purchasesOfStack(stackOf({ open, other, hidden: outputs }));
    const sums = sumsOf(purchases);
    expect(sums.charged).toEqual(charged);
    const isIncomplete = charged.some((sum) => "incomplete" in sum);
    for (const shown of [pageOf(purchases, HERE), receiptsText(purchases, "here")]) {
      expect(shown.includes("The totals are incomplete")).toBe(isIncomplete);
    }
    expect(pageOf(dated(purchases), HERE).includes("By month, incomplete")).toBe(isIncomplete);
    expect(/30\.00 usd \(1\), incomplete/.test(receiptsText(purchases, "here"))).toBe(isIncomplete);
  });

  test("is that of the team, too, as far as the team is known", () => {
    const hidden = { outcome: "bought", team: "acme", currency: "usd", ...HIDDEN };
    const more = { ...open, team: "other" };
    const { byTeam } = sumsOf(purchasesOfStack(stackOf({ open, more, hidden })));
    expect(byTeam).toEqual([
      { team: "acme", ...usd, incomplete },
      { team: "other", ...usd },
    ]);
  });
});

test("the totals of teams and of their credit types are exact, and those of one currency", () => {
  const purchases = [
    { ...bought("0.10"), team: "acme", creditType: "v0" },
    { ...bought("0.20"), team: "acme", creditType: "v0" },
    { ...bought("1.00"), team: "acme", creditType: "gateway" },
    { ...bought("2.00", "eur"), team: "acme", creditType: "gateway" },
    bought("4.00"),
  ];
  const { byTeam, byTeamAndCreditType } = sumsOf(purchases);
  expect(byTeam.map(({ team, currency, total }) => [team, currency, total])).toEqual([
    [undefined, "usd", "4.00"],
    ["acme", "eur", "2.00"],
    ["acme", "usd", "1.30"],
  ]);
  expect(byTeamAndCreditType.map(({ team, creditType, total }) => [team, creditType, total])).toEqual([
    [undefined, undefined, "4.00"],
    ["acme", "gateway", "2.00"],
    ["acme", "gateway", "1.00"],
    ["acme", "v0", "0.30"],
  ]);
  expect(receiptsText(purchases, "here")).toContain(
    "Charged: 5.30 usd (4)\n  (the token's own): 4.00 usd (1)\n",
  );
});

describe("what was bought at the sandbox", () => {
  const sandbox = "http://127.0.0.1:4010";
  const purchases = purchasesOfStack(
    stackOf({
      real: {
        outcome: "bought",
        team: "acme",
        total: "30.00",
        currency: "usd",
        createdAt: "2026-11-01T00:00:00Z",
      },
      made: {
        outcome: "bought",
        team: "acme",
        total: "7.00",
        currency: "usd",
        createdAt: "2026-11-01T00:00:00Z",
        sandbox,
      },
      doubt: { outcome: "unknown", team: "acme", amount: 50, sandbox },
    }),
  );

  test("is in no sum but its own", () => {
    const { charged, byTeam, separate, sandbox: made } = sumsOf(purchases);
    expect(charged).toEqual([{ currency: "usd", purchases: 1, total: "30.00" }]);
    expect(byTeam).toEqual([{ team: "acme", currency: "usd", purchases: 1, total: "30.00" }]);
    expect(separate.unknown).toEqual([]);
    expect(made.charged).toEqual([{ currency: "usd", purchases: 1, total: "7.00" }]);
    expect(made.separate.unknown).toHaveLength(1);
  });

  test("stands apart in text and page", () => {
    const text = receiptsText(purchases, "here");
    expect(text).toContain("Charged: 30.00 usd (1)\nCharged at the sandbox (no money moved): 7.00 usd (1)\n");
    expect(text).toContain(
      "At the sandbox, too:\n  Unknown whether charged (not in the totals): 1, $50.00 ordered",
    );
    const [real = "", made = ""] = pageOf(purchases, HERE).split("Charged at the sandbox (no money moved)");
    expect(real).toContain("2026-11: 30.00 for acme");
    expect(real).not.toMatch(/made|doubt|7\.00/);
    expect(made).toMatch(/7\.00.*doubt.*made/s);
  });
});

describe("the purchases that are asked for", () => {
  const purchases: Purchase[] = [
    {
      ...bought("1.00"),
      name: "a",
      team: "acme",
      project: "p",
      stack: "dev",
      time: "2026-09-30T23:59:59.999Z",
    },
    {
      ...bought("2.00"),
      name: "b",
      team: "acme",
      project: "p",
      stack: "prod",
      time: "2026-10-01T00:00:00.000Z",
    },
    {
      ...bought("3.00"),
      name: "c",
      team: "other",
      ownerId: "team_1",
      organization: "organization",
      project: "q",
      stack: "dev",
      time: "2026-10-02T00:00:00.000Z",
    },
    { ...bought("4.00"), name: "c", project: "q", stack: "dev", before: "2026-09-01T00:00:00.000Z" },
    { ...bought("5.00"), name: "d", project: "q", stack: "dev" },
  ];
  test.each([
    [{}, ["1.00", "2.00", "3.00", "4.00", "5.00"]],
    [{ since: "2026-10-01" }, ["2.00", "3.00", "5.00"]],
    [{ since: "2026-10-01T12:00:00Z" }, ["3.00", "5.00"]],
    [{ team: "acme" }, ["1.00", "2.00"]],
    [{ team: "team_1" }, ["3.00"]],
    [{ project: "p", stack: "organization/p/dev" }, ["1.00"]],
    [{ stack: "dev" }, ["1.00", "3.00", "4.00", "5.00"]],
    [{ stack: "organization/q/dev" }, ["3.00", "4.00", "5.00"]],
    [{ stack: "another/q/dev" }, ["4.00", "5.00"]], // whose organization is on no record
    [{ stack: "p/prod" }, ["2.00"]],
    [{ purchase: "c" }, ["3.00", "4.00"]],
    [{ purchase: "c", since: "2026-10-01" }, ["3.00"]],
  ])("%j", (wanted, totals) => {
    expect(select(purchases, wanted).map(({ total }) => total)).toEqual(totals);
  });

  test.each(["yesterday", "2026-13-01", "2026-02-30", "10/01/2026", "2026", ""])("%j is no date", (since) => {
    expect(() => select(purchases, { since })).toThrow("is not a date such as 2026-10-01");
  });

  test.each(["", "a/b/c/d", "a//b"])("%j is no stack", (stack) => {
    expect(() => select(purchases, { stack })).toThrow("is not STACK or ORGANIZATION/PROJECT/STACK");
  });

  test("a purchase that is not there is named, with those that are", () => {
    expect(() => select(purchases, { purchase: "e" })).toThrow(
      "no purchase is called e; there is a, b, c, d",
    );
  });

  test("a team is not told where one is secret", () => {
    const hidden = purchasesOfStack(stackOf({ hidden: { outcome: "bought", team: SECRET } }));
    expect(() => select(hidden, { team: "acme" })).toThrow("--show-secrets");
  });

  test("say of each which project and stack it is from, where there are several", () => {
    expect(receiptsText(purchases, "here")).toMatch(/date +project +stack +purchase/);
    expect(receiptsText(select(purchases, { project: "q" }), "here")).not.toMatch(/project/);
  });
});

test("one purchase is shown with every attempt, and all by which support finds it", () => {
  const earlier = {
    ...{
      outcome: "refused",
      status: "refused",
      creditType: "gateway",
      amount: 100,
      team: "acme",
      attempt: 1,
    },
    requestId: "fra1::first",
    orderId: "order_1",
    __record: {
      order: { orderId: "order_1", attempt: 1 },
      cause: { kind: "answer", httpStatus: 402, code: "payment_failed", message: "Your card was declined." },
    },
  };
  const last = {
    ...{
      outcome: "bought",
      status: "succeeded",
      creditType: "gateway",
      amount: 100,
      team: "acme",
      attempt: 2,
    },
    ...{ intentKind: "purchaseIntent", intentId: "pur_2", requestId: "fra1::second", orderId: "order_2" },
    ...{ subtotal: "100.00", tax: "8.00", total: "108.00", currency: "usd", ownerId: "team_1" },
    ...{ providerType: "stripe_invoice_immediate", providerResourceId: "in_2" },
    ...{
      createdAt: "2026-11-02T00:00:00.000Z",
      updatedAt: "2026-11-02T00:00:01.000Z",
      checkoutSessionUrl: "https://pay",
    },
  };
  const purchases = purchasesOfStack(stackOf({ credits: { ...last, __earlierAttempts: [earlier] } }));
  const text = detailedText(select(purchases, { purchase: "credits" }));
  expect(text).toBe(`credits (project test, stack dev)
  billing  https://vercel.com/acme/~/settings/billing

  attempt 1: refused. Nothing was charged.
    ordered      $100.00 of gateway credits
    team         acme
    x-vercel-id  fra1::first
    time         before 2026-11-02T00:00:00.000Z
    order        order_1
    why          Vercel answered 402 payment_failed: Your card was declined.

  attempt 2: bought. The card was charged.
    ordered      $100.00 of gateway credits
    team         acme
    total        108.00 usd (subtotal 100.00, tax 8.00)
    intent       pur_2 (purchaseIntent)
    x-vercel-id  fra1::second
    provider     stripe_invoice_immediate, in_2
    owner        team_1
    time         2026-11-02T00:00:00.000Z
    updated      2026-11-02T00:00:01.000Z
    order        order_2
`);
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
