import fc from "fast-check";
import { MEANING, OUTCOMES, type Outcome } from "../../provider/src/domain/outcome";
import { markdownOf } from "../../provider/src/review/markdown";
import { type Review, review } from "../../provider/src/review/review";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const URN = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::credits";

interface Step {
  readonly op: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

const args = { creditType: "gateway", amount: 900, team: "acme", source: "pulumi", attempt: 1 };

/** What is on record of a purchase under order_1. */
const recorded = (outcome: Outcome | string, more = {}) => ({
  ...args,
  outcome,
  status: outcome,
  orderId: "order_1",
  ...more,
});

/** The same preview as one document, and as a stream of events. */
function reviewsOf(steps: readonly Step[], lines: readonly string[] = []): Review[] {
  const changeSummary = Object.fromEntries(
    [...Map.groupBy(steps, ({ op }) => op)].map(([op, { length }]) => [op, length]),
  );
  const state = (values: Partial<Step> | undefined) => values && { inputs: {}, ...values };
  const each = steps.map(({ op, inputs, outputs }) => ({
    op,
    urn: URN,
    olds: state(outputs && { outputs }),
    news: state(inputs && { inputs: { ...args, ...inputs } }),
  }));
  const document = {
    steps: each.map(({ op, urn, olds, news }) => ({ op, urn, oldState: olds, newState: news })),
    diagnostics: lines.map((message) => ({ message, severity: "info" })),
    changeSummary,
  };
  const events = [
    ...lines.map((message) => ({ diagnosticEvent: { message, severity: "info" } })),
    ...each.map(({ op, urn, olds, news }) => ({
      resourcePreEvent: { metadata: { op, urn, old: olds, new: news } },
    })),
    { summaryEvent: { isPreview: true, resourceChanges: changeSummary } },
  ];
  return [JSON.stringify(document), events.map((event) => JSON.stringify(event)).join("\n")].map((text) =>
    review([{ text }]),
  );
}

/** The kind of each operation, and whether the review passes: the same in both forms. */
function verdictOf(...steps: readonly Step[]) {
  const [document, stream] = reviewsOf(steps).map(({ operations, passes }) => ({
    kinds: operations.map(({ kind }) => kind),
    passes,
  }));
  expect(stream).toEqual(document);
  return document as NonNullable<typeof document>;
}

const NEW_ORDER = { orderId: UNKNOWN };
const SAME_ORDER = { orderId: "order_1" };

describe("a purchase that is created", () => {
  test.each([
    ["under a new order", NEW_ORDER, ["buy"], true],
    ["at a higher attempt", { ...NEW_ORDER, attempt: 2 }, ["buy again"], true],
    ["at an attempt not known yet", { ...NEW_ORDER, attempt: UNKNOWN }, ["buy again"], true],
    ["at an amount not known yet", { ...NEW_ORDER, amount: UNKNOWN }, ["buy"], false],
    ["at a secret amount", { ...NEW_ORDER, amount: "[secret]" }, ["buy"], false],
    ["to adopt one", { ...NEW_ORDER, adopt: "pur_1" }, ["adopt"], true],
    ["to adopt one that isn't known yet", { ...NEW_ORDER, adopt: UNKNOWN }, ["buy"], true],
    ["as withdrawn", { ...NEW_ORDER, withdraw: true }, ["withdraw"], true],
    [
      "under an order that the journal knows the outcome of",
      { ...SAME_ORDER, __forecast: "records" },
      ["recover"],
      true,
    ],
    ["under an order that stops it", { ...SAME_ORDER, __forecast: "fails" }, ["unresolved"], false],
    [
      "under an order whose journal is not at hand",
      { ...SAME_ORDER, __forecast: "unsure" },
      ["may buy"],
      false,
    ],
    ["under an order of which nothing was forecast", SAME_ORDER, ["may buy"], false],
    ["while another order has claimed it", { ...NEW_ORDER, __forecast: "fails" }, ["unresolved"], false],
  ])("%s", (_what, inputs, kinds, passes) => {
    expect(verdictOf({ op: "create", inputs })).toEqual({ kinds, passes });
  });
});

describe("a purchase on record", () => {
  const update = (outcome: string, inputs: object, more = {}) =>
    verdictOf({ op: "update", inputs: { ...inputs }, outputs: recorded(outcome, more) });

  test.each([
    ["bought", [], true],
    ["pending", [], true],
    ["checkout", ["unresolved"], false],
    ["failed", ["refused"], false],
    ["refused", ["refused"], false],
    ["notSent", ["may buy"], false],
    ["unknown", ["unresolved"], false],
    ["adopted", [], true],
    ["withdrawn", [], true],
  ])("as %s, updated as it is", (outcome, kinds, passes) => {
    expect(update(outcome, SAME_ORDER)).toEqual({ kinds, passes });
  });

  test.each(OUTCOMES)("as %s buys again only where a person or the outcome allows it", (outcome) => {
    const { anotherRequest } = MEANING[outcome];
    const buysAgain = { kinds: ["buy again"], passes: true };
    const fails = { kinds: ["unresolved"], passes: false };
    // What was never sent is bought for the first time.
    const goesOn = { kinds: ["buy"], passes: true };
    expect(update(outcome, NEW_ORDER)).toEqual(anotherRequest === "by itself" ? goesOn : fails);
    for (const attempt of [2, UNKNOWN]) {
      expect(update(outcome, { ...NEW_ORDER, attempt })).toEqual(
        anotherRequest === "never" ? fails : buysAgain,
      );
    }
  });

  test.each(OUTCOMES)("as %s, whose order a run opened that did not come to its end, may buy", (outcome) => {
    const { anotherRequest } = MEANING[outcome];
    const mayBuy = { kinds: ["may buy"], passes: false };
    const fails = { kinds: ["unresolved"], passes: false };
    expect(update(outcome, { orderId: "order_2" })).toEqual(anotherRequest === "by itself" ? mayBuy : fails);
    expect(update(outcome, { orderId: "order_2", attempt: 2 })).toEqual(
      anotherRequest === "never" ? fails : mayBuy,
    );
  });

  test("is settled by a person", () => {
    expect(update("unknown", { ...SAME_ORDER, adopt: "pur_1" })).toEqual({ kinds: ["adopt"], passes: true });
    expect(update("unknown", { ...NEW_ORDER, attempt: 2, adopt: "pur_1" }).kinds).toEqual(["adopt"]);
    expect(update("unknown", { ...SAME_ORDER, withdraw: true })).toEqual({
      kinds: ["withdraw"],
      passes: true,
    });
  });

  test("under a secret order, may be bought where it is allowed", () => {
    expect(update("refused", { orderId: "[secret]", attempt: 2 }).kinds).toEqual(["buy again"]);
    expect(update("unknown", { orderId: "[secret]", attempt: "[secret]" }).kinds).toEqual(["buy again"]);
  });

  test.each(OUTCOMES)("as %s is forgotten, or stops a destroy", (outcome) => {
    const isForgotten = MEANING[outcome].destroy === "forgets";
    expect(verdictOf({ op: "delete", outputs: recorded(outcome) })).toEqual({
      kinds: [isForgotten ? "forget" : "unresolved"],
      passes: isForgotten,
    });
  });

  test.each([
    ["an outcome that is none", recorded("succeeded")],
    ["a refusal with an intent", recorded("refused", { intentKind: "purchaseIntent", intentId: "pur_1" })],
  ])("that was altered (%s) never passes", (_what, outputs) => {
    for (const op of ["update", "same", "delete"]) {
      for (const inputs of [SAME_ORDER, { ...NEW_ORDER, attempt: 2 }]) {
        expect(verdictOf({ op, inputs, outputs })).toMatchObject({ passes: false });
      }
    }
  });

  test("whose outputs are lost never passes", () => {
    expect(verdictOf({ op: "update", inputs: SAME_ORDER, outputs: {} })).toMatchObject({ passes: false });
  });
});

describe("no word that a program or Vercel can choose is read", () => {
  test("a printed line changes nothing", () => {
    const lines = ["♻️ credits: nothing will be bought; from the journal: bought.", "✅ credits"];
    for (const result of reviewsOf([{ op: "create", inputs: SAME_ORDER }], lines)) {
      expect(result).toMatchObject({ passes: false, verdict: { possible: 900n } });
    }
  });

  test.each(OUTCOMES)("Vercel's word %s is not taken for an outcome, and is shown beside it", (word) => {
    const steps = [{ op: "update", inputs: SAME_ORDER, outputs: recorded("unknown", { status: word }) }];
    for (const { operations, passes } of reviewsOf(steps)) {
      expect(passes).toBe(false);
      expect(operations[0]?.note).toContain("unknown");
    }
  });
});

describe("a record that an earlier replacement left behind", () => {
  const twin = { op: "delete-replaced", outputs: recorded("bought") };
  const live = { op: "update", inputs: { ...NEW_ORDER, attempt: 2 }, outputs: recorded("refused") };

  test("never hides what happens to the live one, in whichever order they come", () => {
    const buysAgain = { kinds: ["buy again"], passes: true };
    expect(verdictOf(live, twin)).toEqual(buysAgain);
    expect(verdictOf(twin, live)).toEqual(buysAgain);
    const unchanged = { op: "same", inputs: SAME_ORDER, outputs: recorded("bought") };
    expect(verdictOf(twin, unchanged)).toEqual({ kinds: [], passes: true });
  });

  test("isn't counted as bought beside it", () => {
    for (const { bought } of reviewsOf([live, twin])) expect(bought.purchases).toBe(0);
  });

  test("a replacement is one operation", () => {
    const inputs = { ...SAME_ORDER, __forecast: "records" };
    const outputs = recorded("bought");
    const [, stream] = reviewsOf([
      { op: "create-replacement", inputs, outputs },
      { op: "replace", inputs, outputs },
      { op: "delete-replaced", outputs },
    ]);
    expect(stream?.operations.map(({ kind }) => kind)).toEqual(["recover"]);
  });
});

describe("the comment", () => {
  const comment = (...steps: readonly Step[]) => markdownOf(reviewsOf(steps)[0] as Review);

  test("says what may be charged where the journal decides", () => {
    const printed = comment({ op: "update", inputs: SAME_ORDER, outputs: recorded("notSent") });
    expect(printed).toContain("**Up to $900.00 may be charged at once**");
    expect(printed).toContain("| $0.00 or $900.00 |");
    expect(printed).toContain("❌ **May charge**");
    expect(printed).not.toContain("✅");
  });

  test("counts that against the budget", () => {
    const text = JSON.stringify({
      steps: [
        {
          op: "create",
          urn: URN,
          newState: { inputs: { ...args, ...SAME_ORDER, __forecast: "unsure" } },
        },
      ],
      changeSummary: { create: 1 },
    });
    expect(review([{ text }], "899").verdict.isWithin).toBe(false);
    expect(review([{ text }], "900").verdict.isWithin).toBe(true);
    expect(review([{ text }], "900").passes).toBe(false);
  });

  test("says where no money moves, and never counts it as bought before", () => {
    const sandbox = { orderId: "order_1", outcome: "bought", sandbox: "http://127.0.0.1:4010" };
    const buying = comment({ op: "create", inputs: { ...NEW_ORDER, __sandbox: "http://127.0.0.1:4010" } });
    const bought = comment({ op: "same", inputs: SAME_ORDER, outputs: recorded("bought", sandbox) });
    expect(buying).toContain("**$900.00 will be charged at once at the sandbox, where no money moves**");
    expect(buying).toContain("(`sandbox http://127.0.0.1:4010`)");
    expect(bought).not.toContain("$900.00");
  });

  test("has a purchase that a program put under another type", () => {
    const urn = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/my:Thing::credits";
    const __provider = 'exports.handler=()=>require("pulumi-vercel-credits/lifecycle").purchase';
    const newState = { inputs: { ...args, ...NEW_ORDER, __provider } };
    const text = JSON.stringify({ steps: [{ op: "create", urn, newState }], changeSummary: { create: 1 } });
    expect(review([{ text }]).verdict.total).toBe(900n);
  });

  test.each([
    ["secret", "[secret]", "is secret: name one with --budget"],
    ["no number", "plenty", '"plenty" is not a number'],
  ])("says that its budget is %s, and is a comment all the same", (_what, budget, why) => {
    const urn = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev";
    const config = { "vercelCredits:maxAmountPerUpdate": budget };
    const text = JSON.stringify({ config, steps: [{ op: "same", urn }], changeSummary: { same: 1 } });
    const printed = markdownOf(review([{ text }]));
    expect(printed).toContain(why);
    expect(printed).toContain("<!-- pulumi-vercel-credits review test/dev -->");
    expect(review([{ text }], "100").passes).toBe(true);
  });

  test("says of a sum that a secret amount is not in it", () => {
    const [one] = reviewsOf([
      { op: "same", inputs: SAME_ORDER, outputs: recorded("bought", { amount: "[secret]" }) },
      { op: "create", inputs: NEW_ORDER },
    ]);
    expect(one?.bought).toMatchObject({ purchases: 0 });
    const alone = reviewsOf([
      { op: "same", inputs: SAME_ORDER, outputs: recorded("bought", { amount: "[secret]" }) },
    ]);
    for (const review of alone) expect(review.bought).toMatchObject({ purchases: 1, dollars: 0n, hidden: 1 });
  });

  test("says that an update will fail", () => {
    const printed = comment({ op: "update", inputs: SAME_ORDER, outputs: recorded("unknown") });
    expect(printed).toContain("❌ **The update will fail**: one purchase needs a person to settle it first.");
    expect(printed).not.toContain("✅");
  });
});

test("what passes within a budget of $0 sends no request, whatever is on record and whatever is asked for", () => {
  const orders = fc.constantFrom(UNKNOWN, "order_1", "order_2", "[secret]");
  const inputs = fc.record({
    orderId: orders,
    attempt: fc.constantFrom<unknown>(1, 2, UNKNOWN, "[secret]"),
    adopt: fc.constantFrom(undefined, "pur_1", UNKNOWN, "[secret]"),
    withdraw: fc.constantFrom<unknown>(undefined, true, UNKNOWN),
    __forecast: fc.constantFrom(undefined, "records", "fails", "unsure", "newer"),
  });
  const outcome = fc.constantFrom<string>(...OUTCOMES, "altered");
  fc.assert(
    fc.property(inputs, fc.option(outcome), (asked, before) => {
      const step =
        before === null
          ? { op: "create", inputs: asked }
          : { op: "update", inputs: asked, outputs: recorded(before) };
      for (const one of reviewsOf([step])) {
        const isTold = asked.__forecast === "records" || asked.__forecast === "fails";
        const sendsNothing = isTold || asked.adopt === "pur_1" || asked.withdraw === true;
        const mayOpen = asked.orderId !== "order_1" || before === null || asked.__forecast !== undefined;
        const isAllowed =
          before === null ||
          before === "notSent" ||
          (asked.attempt !== 1 &&
            before !== "altered" &&
            MEANING[before as Outcome].anotherRequest !== "never");
        if (!sendsNothing && mayOpen && isAllowed) {
          expect(one.verdict.total + one.verdict.possible).toBe(900n);
        }
        if (before === "unknown" && !sendsNothing && asked.attempt === 1) expect(one.passes).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});
