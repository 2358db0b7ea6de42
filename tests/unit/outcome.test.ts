import { judge } from "../../provider/src/charge/outcome";
import type { Reply } from "../../provider/src/http/request";

const ordered = { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 } as const;
const order = { arguments: ordered, journaled: false };

function answered(httpStatus: number, body: unknown = {}, whole = true): Reply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "answer", httpStatus, requestId: "iad1::x", body: text, whole, problem: "it was cut off" };
}

const intent = (status: unknown, id = "pur_1") => ({ purchaseIntent: { id, status } });
const error = (code: string) => ({ error: { code, message: "Some words." } });

const SENTENCES = ["Nothing was charged.", "The card was charged.", "The card may have been charged."];

describe("the contract's table: what a reply means for the money", () => {
  test.each<[string, Reply, string, string]>([
    [
      "2xx with an intent that succeeded",
      answered(200, intent("succeeded")),
      "succeeded",
      "The card was charged.",
    ],
    ["201 counts as 2xx", answered(201, intent("succeeded")), "succeeded", "The card was charged."],
    ["a pending intent", answered(200, intent("pending")), "pending", "The card may have been charged."],
    [
      "a status nobody knows yet",
      answered(200, intent("settling")),
      "settling",
      "The card may have been charged.",
    ],
    ["a failed intent", answered(200, intent("failed")), "failed", "Nothing was charged."],
    [
      "a checkout session",
      answered(200, { checkoutSessionId: "cs_1", checkoutSessionUrl: "https://pay/1" }),
      "checkout",
      "Nothing was charged.",
    ],
    ["2xx that is not JSON", answered(200, "<html>"), "unknown", "The card may have been charged."],
    ["2xx without a body", answered(204, ""), "unknown", "The card may have been charged."],
    ["2xx without an intent", answered(200, { ok: true }), "unknown", "The card may have been charged."],
    [
      "2xx with an intent without a status",
      answered(200, { purchaseIntent: { id: "pur_1" } }),
      "unknown",
      "The card may have been charged.",
    ],
    ["2xx that is a list", answered(200, [1]), "unknown", "The card may have been charged."],
    [
      "2xx that was cut off",
      answered(200, intent("succeeded"), false),
      "unknown",
      "The card may have been charged.",
    ],
    ...[400, 401, 402, 403, 404, 405, 409, 410, 422, 429, 451].map(
      (status): [string, Reply, string, string] => [
        `${status}`,
        answered(status, error("some_code")),
        "refused",
        "Nothing was charged.",
      ],
    ),
    ["402 without a body", answered(402, ""), "refused", "Nothing was charged."],
    [
      "402 purchase_complete_failed",
      answered(402, error("purchase_complete_failed")),
      "unknown",
      "The card may have been charged.",
    ],
    [
      "402 whose code was cut off",
      answered(402, '{"error":{"code":"purch', false),
      "unknown",
      "The card may have been charged.",
    ],
    ...[301, 302, 307, 308, 408, 499, 500, 502, 503, 504, 599].map(
      (status): [string, Reply, string, string] => [
        `${status}`,
        answered(status, error("payment_failed")),
        "unknown",
        "The card may have been charged.",
      ],
    ),
    [
      "a request that could not leave",
      { kind: "unsent", problem: "ECONNREFUSED" },
      "refused",
      "Nothing was charged.",
    ],
    [
      "an answer that never came",
      { kind: "lost", problem: "socket hang up" },
      "unknown",
      "The card may have been charged.",
    ],
  ])("%s", (_what, reply, status, sentence) => {
    const outcome = judge(reply, order);
    const text = outcome.reason ?? outcome.news ?? "";

    expect(outcome.status).toBe(status);
    expect(SENTENCES.filter((each) => text.includes(each))).toEqual([sentence]);
    // It fails, and is kept with a reason, exactly where Vercel did not take the order.
    expect(outcome.reason !== undefined).toBe(["checkout", "failed", "refused", "unknown"].includes(status));
  });

  test("an unknown outcome names adopt and the next attempt, and the intent where one came", () => {
    expect(
      judge({ kind: "lost", problem: "x" }, { ...order, arguments: { ...ordered, attempt: 4 } }).reason,
    ).toMatch(/set adopt: "<its intent or invoice id>".*set attempt: 5 /);
    expect(judge(answered(200, { purchaseIntent: { id: "pur_9" } }), order).reason).toContain(
      'adopt: "pur_9"',
    );
  });

  test("a refusal names the status, Vercel's code and message, and what to do", () => {
    const { reason } = judge(answered(400, error("missing_stripe_customer")), order);

    expect(reason).toContain("400, missing_stripe_customer: Some words.");
    expect(reason).toContain("payment method");
    expect(reason).toContain("set attempt: 2");
    expect(reason).not.toContain("pulumi up");
  });

  test("a refusal that a journal can prove asks for no higher attempt, where that journal is", () => {
    const { reason } = judge(answered(402, error("payment_failed")), { ...order, journaled: true });

    expect(reason).toMatch(/then run `pulumi up` again\. \(Where its journal is not at hand, set attempt: 2/);
  });
});
