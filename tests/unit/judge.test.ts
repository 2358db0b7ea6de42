import { judge } from "../../provider/src/charge/judge";
import { OUTCOMES } from "../../provider/src/domain/outcome";
import type { Reply } from "../../provider/src/http/request";

function answered(httpStatus: number, body: unknown = {}, whole = true): Reply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const problem = whole ? {} : { problem: "it was cut off" };
  return { kind: "answer", httpStatus, requestId: "iad1::x", body: text, whole, ...problem };
}

const intent = (status: unknown, id = "pur_1") => ({ purchaseIntent: { id, status } });
const orb = (status: unknown) => ({ orbSubscriptionIntent: { id: "orbsubint_1", status } });
const error = (code: unknown) => ({ error: { code, message: "Some words." } });
const checkout = { checkoutSessionId: "cs_1", checkoutSessionUrl: "https://pay.example/1" };

/** The contract's list. */
const CODES_OF_402 = [
  ...[
    "payment_failed",
    "missing_stripe_customer",
    "missing_subscription",
    "already_on_plan",
    "invalid_status",
  ],
  ...["invalid_plan", "invalid_plan_iteration", "invalid_v0_subscription", "purchase_create_failed"],
  ...["purchase_create_hosted_failed", "purchase_confirm_failed"],
];

describe("the contract's table of answers", () => {
  test.each<[string, Reply, string]>([
    ["nothing could leave", { kind: "unsent", problem: "ECONNREFUSED" }, "notSent"],
    ["it was too late", { kind: "unsent", problem: "x", tooLate: true }, "notSent"],
    ["no answer came", { kind: "lost", problem: "socket hang up" }, "unknown"],
    ["a purchase that was cut off", answered(200, intent("succeeded"), false), "unknown"],
    ["a failure that was cut off", answered(200, intent("failed"), false), "unknown"],
    ["a refusal that was cut off", answered(402, error("payment_failed"), false), "unknown"],
    ["a rate limit that was cut off", answered(429, error("rate_limited"), false), "unknown"],
    ["2xx that is not JSON", answered(200, "<html>"), "unknown"],
    ["2xx with nothing", answered(204, ""), "unknown"],
    ["2xx that is a list", answered(200, [intent("succeeded")]), "unknown"],
    ["2xx that is null", answered(200, "null"), "unknown"],
    ["2xx without a part", answered(200, { ok: true }), "unknown"],
    ["2xx with an error", answered(200, error("payment_failed")), "unknown"],
    ...[301, 302, 303, 307, 308, 408, 499, 500, 502, 503, 504, 599].flatMap(
      (status): [string, Reply, string][] => [
        [`${status} with an error`, answered(status, error("payment_failed")), "unknown"],
        [`${status} with a purchase`, answered(status, intent("succeeded")), "unknown"],
      ],
    ),

    ["an error beside a purchase", answered(200, { ...intent("succeeded"), ...error("x") }), "unknown"],
    [
      "an error beside a failure",
      answered(200, { ...intent("failed"), ...error("payment_failed") }),
      "unknown",
    ],
    ["an error that is a text", answered(200, { ...intent("succeeded"), error: "x" }), "unknown"],
    ["an error that is null is none", answered(200, { ...intent("succeeded"), error: null }), "bought"],
    ["an error beside a checkout", answered(200, { ...checkout, ...error("x") }), "unknown"],
    ["a checkout beside a failure", answered(200, { ...checkout, ...intent("failed") }), "unknown"],
    ["two documented intents", answered(200, { ...intent("succeeded"), ...orb("succeeded") }), "unknown"],
    ["two intents that failed", answered(200, { ...intent("failed"), ...orb("failed") }), "unknown"],
    [
      "one that is new beside it",
      answered(200, { ...intent("failed"), otherIntent: { id: "x" } }),
      "unknown",
    ],
    [
      "a refusal beside an intent",
      answered(402, { ...error("payment_failed"), ...intent("pending") }),
      "unknown",
    ],

    ["a purchase", answered(200, intent("succeeded")), "bought"],
    ["201 is 2xx", answered(201, intent("succeeded")), "bought"],
    ["a subscription", answered(200, orb("succeeded")), "bought"],
    ["a failed purchase", answered(200, intent("failed")), "failed"],
    ["a failed subscription", answered(200, orb("failed")), "failed"],
    ["pending", answered(200, intent("pending")), "pending"],
    [
      "another kind that succeeded",
      answered(200, { invoiceIntent: { id: "x", status: "succeeded" } }),
      "pending",
    ],
    ["another kind that failed", answered(200, { invoiceIntent: { id: "x", status: "failed" } }), "pending"],
    ["another kind, by its shape", answered(200, { order: { id: "x", status: "failed" } }), "pending"],
    ["another word", answered(200, intent("Succeeded")), "pending"],
    ...OUTCOMES.filter((word) => word !== "failed").map((word): [string, Reply, string] => [
      `our own word ${word}`,
      answered(200, intent(word)),
      "pending",
    ]),
    ...[undefined, null, "", 1, true, {}, ["succeeded"]].map((status): [string, Reply, string] => [
      `a status that is no word: ${JSON.stringify(status)}`,
      answered(200, intent(status)),
      "unknown",
    ]),
    ["an intent that is a text", answered(200, { purchaseIntent: "pur_1" }), "unknown"],

    ["a checkout session", answered(200, checkout), "checkout"],
    ["its address alone", answered(200, { checkoutSessionUrl: "https://pay.example" }), "checkout"],
    ["one that can't be read", answered(200, { checkoutSessionId: "", checkoutSessionUrl: {} }), "unknown"],
    ["402 with one", answered(402, checkout), "unknown"],

    ...[400, 401, 403, 404, 429].flatMap((status): [string, Reply, string][] => [
      [`${status} with a code`, answered(status, error("some_code")), "refused"],
      [`${status} with a code of a step`, answered(status, error("purchase_complete_failed")), "unknown"],
      [`${status} with another of those`, answered(status, error("purchase_confirm_failed")), "unknown"],
      [`${status} with a block page`, answered(status, "<html>Blocked</html>"), "unknown"],
      [`${status} with nothing`, answered(status, ""), "unknown"],
      [`${status} without a code`, answered(status, { error: { message: "x" } }), "unknown"],
      [`${status} with a code elsewhere`, answered(status, { code: "some_code" }), "unknown"],
      [`${status} with an intent`, answered(status, intent("failed")), "unknown"],
      [
        `${status} with an error and an intent`,
        answered(status, { ...error("x"), ...intent("failed") }),
        "unknown",
      ],
    ]),
    ...CODES_OF_402.map((code): [string, Reply, string] => [
      `402 ${code}`,
      answered(402, error(code)),
      "refused",
    ]),
    ["402 purchase_complete_failed", answered(402, error("purchase_complete_failed")), "unknown"],
    ["402 with a code that is new", answered(402, error("some_code")), "unknown"],
    ["402 with a word of an object's own", answered(402, error("constructor")), "unknown"],
    ["402 with nothing", answered(402, ""), "unknown"],
    ["402 with a code elsewhere", answered(402, { code: "payment_failed" }), "unknown"],
    ["402 with an intent", answered(402, intent("succeeded")), "unknown"],
    ...[405, 407, 409, 410, 422, 451, 460].flatMap((status): [string, Reply, string][] => [
      [`${status} with a code`, answered(status, error("payment_failed")), "unknown"],
      [`${status} with a block page`, answered(status, "<html>"), "unknown"],
      [`${status} with nothing`, answered(status, ""), "unknown"],
    ]),
  ])("%s", (_what, reply, outcome) => {
    const result = judge(reply);

    expect(result.outcome).toBe(outcome);
    expect(result.cause === undefined).toBe(outcome === "bought");
  });
});

describe("what is kept beside the outcome", () => {
  test("Vercel's word as answered, also where it is one of ours or the outcome is another", () => {
    expect(judge(answered(200, intent("refused")))).toMatchObject({ outcome: "pending", status: "refused" });
    expect(judge(answered(402, intent("succeeded")))).toMatchObject({
      outcome: "unknown",
      status: "succeeded",
    });
    expect(judge(answered(200, checkout))).not.toHaveProperty("status");
  });

  test("no word where two intents disagree", () => {
    expect(judge(answered(200, { ...intent("succeeded"), ...orb("failed") }))).not.toHaveProperty("status");
  });

  test.each<[string, Reply]>([
    ["an error beside it", answered(200, { ...intent("succeeded"), ...error("x") })],
    ["a status that is none", answered(200, intent(1))],
    ["402", answered(402, intent("succeeded"))],
    ["cut, though it can be read", answered(200, intent("succeeded"), false)],
  ])("the receipt, whatever the outcome: %s", (_what, reply) => {
    expect(judge(reply)).toMatchObject({
      outcome: "unknown",
      receipt: { intentId: "pur_1", requestId: "iad1::x", answer: {} },
    });
  });

  test("the facts of a refusal", () => {
    expect(judge(answered(402, error("payment_failed"))).cause).toEqual({
      kind: "answer",
      httpStatus: 402,
      code: "payment_failed",
      message: "Some words.",
    });
  });

  test("why an answer can't be relied on", () => {
    const problem = (reply: Reply) => (judge(reply).cause as { problem?: string }).problem;

    expect(problem(answered(200, intent("succeeded"), false))).toBe("it was cut off");
    expect(problem(answered(403, "<html>"))).toMatch(/not a JSON object/);
    expect(problem(answered(200, ""))).toBe("it is empty");
    expect(problem(answered(200, { ...intent("succeeded"), ...orb("succeeded") }))).toMatch(/two intents/);
    expect(problem(answered(200, { ...intent("succeeded"), ...error("x") }))).toMatch(/more than one/);
    expect(problem(answered(200, intent(undefined)))).toBe("its purchaseIntent has no status");
  });
});
