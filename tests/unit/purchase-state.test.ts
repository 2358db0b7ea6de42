import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { OUTCOMES } from "../../provider/src/domain/outcome";
import { openingsOf } from "../../provider/src/state/order-reference";
import { readPurchase } from "../../provider/src/state/purchase-state";

const STATES = join(__dirname, "../upgrade/states");
const VERSIONS = readdirSync(STATES).map((file) => file.replace(/\.json$/, ""));
type Outputs = Record<string, unknown>;

/** The outputs of a recorded stack's purchases or orders, by name. */
function recorded(version: string, type: "CreditPurchase" | "PurchaseOrder"): Record<string, Outputs> {
  const { deployment } = JSON.parse(readFileSync(join(STATES, `${version}.json`), "utf8"));
  const ofType = deployment.resources.filter((one: { type: string }) => one.type.endsWith(`:${type}`));
  return Object.fromEntries(
    ofType.map((one: { urn: string; outputs: Outputs }) => [one.urn.split("::").at(-1), one.outputs]),
  );
}

const outcomes = (purchases: Record<string, Outputs>) =>
  Object.fromEntries(
    Object.entries(purchases).map(([name, outputs]) => [name, readPurchase(outputs).outcome]),
  );

const EACH = {
  bought: "bought",
  pending: "pending",
  subscription: "bought",
  checkout: "checkout",
  failed: "failed",
  refused: "refused",
  unknown: "unknown",
  adopted: "adopted",
};

describe.each(VERSIONS)("a state of %s", (version) => {
  const purchases = recorded(version, "CreditPurchase");
  const without = (...keys: string[]) =>
    Object.fromEntries(
      Object.entries(purchases).map(([name, outputs]) => [
        name,
        Object.fromEntries(Object.entries(outputs).filter(([key]) => !keys.includes(key))),
      ]),
    );

  test("reads as what each purchase came to", () => {
    expect(outcomes(purchases)).toEqual(EACH);
    for (const outputs of Object.values(purchases)) expect(readPurchase(outputs).altered).toBeUndefined();
  });

  test("keeps order, arguments and receipt of each", () => {
    for (const [name, outputs] of Object.entries(purchases)) {
      const { order, arguments: args, receipt } = readPurchase(outputs);
      expect(order?.orderId).toBe(outputs.orderId);
      expect(args).toEqual({
        creditType: name === "subscription" ? "v0" : "gateway",
        amount: outputs.amount,
        team: "acme",
        source: "pulumi",
        attempt: 1,
        ...(name === "adopted" && { adopt: "pur_elsewhere" }),
      });
      for (const [key, value] of Object.entries(receipt)) expect(value).toEqual(outputs[key]);
    }
    expect(readPurchase(purchases.bought ?? {}).receipt.total).toBe("11.00");
  });

  test("names the ids that Vercel gave, and not the one that a person gave", () => {
    const ids = (name: string) => readPurchase(purchases[name] ?? {}).vercelIds;
    expect(ids("adopted")).toEqual([]);
    expect(ids("unknown")).toEqual([]);
    expect(ids("bought")).toEqual([expect.stringMatching(/^pur_/)]);
    expect(ids("subscription")).toEqual([
      expect.stringMatching(/^orbsubint_/),
      expect.stringMatching(/^pur_/),
    ]);
  });

  test("believes `failed`, `refused` and `checkout` only with the answer that says so", () => {
    expect(outcomes(without("answer"))).toEqual({
      ...EACH,
      failed: "unknown",
      refused: "unknown",
      checkout: "unknown",
    });
  });

  test("never reads a reason, only whether there is one", () => {
    const other = Object.fromEntries(
      Object.entries(purchases).map(([name, { reason, ...outputs }]) => [
        name,
        { ...outputs, ...(reason !== undefined && { reason: { ciphertext: "Nothing was charged." } }) },
      ]),
    );
    expect(outcomes(other)).toEqual(EACH);
    expect(readPurchase({ ...purchases.bought, reason: "anything" }).outcome).toBe("unknown");
  });

  test("has the openings of each order, with the signature of its journal where it had one", () => {
    for (const outputs of Object.values(recorded(version, "PurchaseOrder"))) {
      const journal = outputs.__journal as { signature?: string } | undefined;
      expect(openingsOf(outputs.__journal, outputs)).toEqual([
        {
          orderId: outputs.orderId,
          attempt: 1,
          ...(journal?.signature !== undefined && { signature: journal.signature }),
        },
      ]);
    }
  });
});

describe("an earlier version's record", () => {
  const intent = (status: string, kind = "purchaseIntent") => ({
    status,
    intentKind: kind,
    intentId: "pur_1",
    answer: { [kind]: { id: "pur_1", status } },
  });
  const error = (code: unknown, more = {}) => ({
    status: "refused",
    reason: "r",
    answer: { error: { code }, ...more },
  });

  test.each<[string, Outputs, string]>([
    ["a newer word of Vercel's", intent("settling"), "pending"],
    ...OUTCOMES.filter((word) => word !== "failed").map((word): [string, Outputs, string] => [
      `Vercel's word "${word}"`,
      intent(word),
      "pending",
    ]),
    ["succeeded, of a kind that isn't documented", intent("succeeded", "giftIntent"), "pending"],
    ["succeeded, with a reason", { ...intent("succeeded"), reason: "r" }, "unknown"],
    ["failed, of a documented kind", { ...intent("failed"), reason: "r" }, "failed"],
    ["failed, of another kind", { ...intent("failed", "giftIntent"), reason: "r" }, "unknown"],
    ["failed, with an answer that says succeeded", { ...intent("succeeded"), status: "failed" }, "pending"],
    ["refused by an error on the list", error("payment_failed"), "refused"],
    ["refused by an error that may come after the payment", error("purchase_complete_failed"), "unknown"],
    ["refused by a code that is not on the list", error("forbidden"), "unknown"],
    [
      "refused with an intent beside the error",
      error("payment_failed", { purchaseIntent: { id: "pur_1" } }),
      "unknown",
    ],
    [
      "refused with a checkout beside the error",
      error("payment_failed", { checkoutSessionId: "cs_1" }),
      "unknown",
    ],
    [
      "refused by a gateway's page",
      { status: "refused", reason: "r", answer: { text: "<html>" } },
      "unknown",
    ],
    ["refused without an answer", { status: "refused", reason: "r" }, "unknown"],
    ["a secret answer", { ...error("payment_failed"), answer: "[secret]" }, "unknown"],
    [
      "adopted after an answer",
      { ...intent("pending"), status: "adopted", adopt: "pur_9", intentId: "pur_9" },
      "adopted",
    ],
    ["a lost record", {}, "unknown"],
  ])("%s", (_what, outputs, outcome) => {
    expect(readPurchase(outputs)).toMatchObject({ outcome });
  });

  test("of an adopted purchase keeps what Vercel gave before", () => {
    const outputs = {
      status: "adopted",
      adopt: "pur_9",
      intentId: "pur_9",
      purchaseIntentId: "pur_2",
      answer: { orbSubscriptionIntent: { id: "orbsubint_1", status: "settling", purchaseIntentId: "pur_2" } },
    };
    expect(readPurchase(outputs)).toMatchObject({ settled: "unknown", vercelIds: ["orbsubint_1", "pur_2"] });
  });

  test("lists every order that was opened for it", () => {
    const journal = {
      signature: "journal_b",
      earlier: [{ orderId: "order_0" }, { orderId: "order_1", journal: "journal_a" }],
    };
    expect(openingsOf(journal, { orderId: "order_2", attempt: 3 })).toEqual([
      { orderId: "order_0", attempt: 1 },
      { orderId: "order_1", attempt: 1, signature: "journal_a" },
      { orderId: "order_2", attempt: 3, signature: "journal_b" },
    ]);
  });
});

describe("a record of this version", () => {
  const order = {
    orderId: "order_2",
    attempt: 2,
    identity: { endpoint: "https://api.vercel.com", organization: "acme", urn: "urn:pulumi:a" },
    journal: { id: "journal_1", entry: "opening.2026-11.x.000001" },
  };

  test.each(OUTCOMES)("%s is read as it is, whatever status, reason or an answer say", (outcome) => {
    const outputs = {
      outcome,
      status: "succeeded",
      reason: "The card was charged.",
      answer: { text: "failed" },
    };
    expect(readPurchase(outputs)).toMatchObject({ outcome });
    expect(readPurchase({ ...outputs, status: undefined }).altered).toBeUndefined();
  });

  test("has the facts of `__record`, and the openings of its order", () => {
    const facts = {
      cause: { kind: "answer", httpStatus: 402, code: "payment_failed" },
      settled: "unknown",
      vercelIds: ["pur_1"],
      completionMissing: true,
      stoppedAttempt: 3,
      teamIsDefault: true,
    };
    const { settled, vercelIds, ...rest } = facts;
    const read = readPurchase({
      outcome: "adopted",
      adopt: "pur_9",
      orderId: "order_2",
      __record: { order, ...facts },
    });
    expect(read).toMatchObject({ order, settled, vercelIds, ...rest });
    const openings = [{ orderId: "order_1", attempt: 1, unarmed: true }, order];
    expect(openingsOf({ openings }, { orderId: "order_2", attempt: 2 })).toEqual(openings);
    expect(openingsOf({ openings }, { orderId: "order_3", attempt: 2 }).at(-1)).toEqual({
      orderId: "order_3",
      attempt: 2,
    });
  });

  test.each([
    ["a word that is not an outcome", { outcome: "Bought" }],
    ["an outcome that is no text", { outcome: 7 }],
    ["a record without an outcome", { status: "refused", __record: { order } }],
    ["a refusal with an intent", { outcome: "refused", intentKind: "purchaseIntent", intentId: "pur_1" }],
    ["one that was not sent, with an intent", { outcome: "notSent", intentId: "pur_1" }],
    ["a failure of a kind that isn't documented", { outcome: "failed", intentKind: "giftIntent" }],
  ])("%s was altered, and is in doubt", (_what, outputs) => {
    expect(readPurchase(outputs)).toMatchObject({ outcome: "unknown", altered: expect.any(String) });
  });

  test("keeps earlier attempts, also one that can't be read, as one in doubt", () => {
    const { earlierAttempts } = readPurchase({
      outcome: "bought",
      __earlierAttempts: [
        { outcome: "refused", orderId: "order_1" },
        { status: "unknown", reason: "r" },
        "torn",
      ],
    });
    expect(earlierAttempts.map(({ outcome }) => outcome)).toEqual(["refused", "unknown", "unknown"]);
  });
});

test("whatever outputs hold, an outcome is one of the nine, and no other word of theirs gets through", () => {
  const value = fc.oneof(fc.constantFrom(...OUTCOMES, "succeeded", "[secret]"), fc.jsonValue());
  const outputs = fc.dictionary(
    fc.constantFrom(
      ...["outcome", "status", "reason", "answer", "intentKind", "intentId", "orderId", "amount"],
      ...["__record", "__journal", "__earlierAttempts", "__label"],
    ),
    value,
  );
  fc.assert(
    fc.property(outputs, (any) => {
      const { outcome } = readPurchase(any);
      expect(OUTCOMES).toContain(outcome);
      if (typeof any.outcome === "string" && !OUTCOMES.some((word) => word === any.outcome))
        expect(outcome).toBe("unknown");
      // An earlier version's record buys nothing by what can't be proven.
      if (any.outcome === undefined) expect(["notSent", "withdrawn"]).not.toContain(outcome);
    }),
    { numRuns: 2000 },
  );
});
