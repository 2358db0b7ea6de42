import type { AttemptOutcome, VercelWord } from "../../provider/src/domain/outcome";
import type { Cause, Result } from "../../provider/src/domain/result";
import { lineOf, newsOf, reasonOf, type WordingContext } from "../../provider/src/domain/wording";
import { SENTENCES } from "../support/sentences";

const [CHARGED, MAYBE, NOTHING] = SENTENCES;

const context: WordingContext = {
  team: "acme",
  attempt: 1,
  creditType: "gateway",
  amount: 100,
  when: "now",
  journaled: false,
};

const result = (outcome: AttemptOutcome, rest: Partial<Result> = {}): Result => ({
  outcome,
  receipt: {},
  ...rest,
});
const answer = (httpStatus: number, code?: string, message?: string): Cause => ({
  kind: "answer",
  httpStatus,
  ...(code !== undefined && { code }),
  ...(message !== undefined && { message }),
});
const reason = (of: Result, more: Partial<WordingContext> = {}) => reasonOf(of, { ...context, ...more });

const NOT_SENT: Cause[] = [
  { kind: "notConnected", problem: "connect ECONNREFUSED 127.0.0.1:1" },
  { kind: "overCap", why: "amount is $900.00, and vercelCredits:maxAmount allows $500.00 for one purchase." },
  { kind: "afterDoubt", purchase: "credits-1" },
  { kind: "commandEnded" },
  { kind: "leaseEnded" },
  { kind: "notWritable", what: "journal", problem: "EACCES: permission denied" },
  { kind: "notWritable", what: "update", problem: "ENOSPC: no space left on device" },
  { kind: "argumentsDiffer", purchase: '{"amount":2}', order: '{"amount":1}' },
];
const ANSWERS: Cause[] = [
  answer(402, "payment_failed", "Your card was declined."),
  answer(500),
  answer(307),
  answer(409, "conflict"),
  { ...answer(200), problem: "it was cut off" },
];

const every: [Result, string][] = [
  ...[undefined, ...NOT_SENT].map((cause): [Result, string] => [
    result("notSent", { cause }),
    NOTHING as string,
  ]),
  ...[undefined, ...ANSWERS].flatMap((cause): [Result, string][] => [
    [result("refused", { cause }), NOTHING as string],
    [result("failed", { cause, receipt: { intentId: "pur_1" } }), NOTHING as string],
    [
      result("checkout", { cause, receipt: { checkoutSessionUrl: "https://pay.example/1" } }),
      NOTHING as string,
    ],
    [result("unknown", { cause }), MAYBE as string],
  ]),
  ...(
    [
      { kind: "noAnswer", problem: "socket hang up" },
      { kind: "cutShort", order: "order_1" },
      { kind: "cutShort", order: "order_1", leftAt: "2026-11-25T09:00:00.000Z" },
      { kind: "orderReplaced" },
    ] satisfies Cause[]
  ).map((cause): [Result, string] => [result("unknown", { cause }), MAYBE as string]),
];

describe("the reason of an outcome that fails", () => {
  test.each(every)("%j holds one sentence about money: %s", (of, sentence) => {
    for (const journaled of [true, false]) {
      const said = reason(of, { journaled });
      expect(SENTENCES.filter((each) => said?.includes(each))).toEqual([sentence]);
      expect(said?.split(sentence)).toHaveLength(2);
      expect(said).toMatch(/^[A-Z].*[^.]\.\)?$/s);
      expect(said).not.toMatch(/undefined|\.\.|[^\x20-\x7e]/);
      expect(newsOf(of, context)).toBeUndefined();
    }
  });

  test("a checkout session that is found on record may have been paid", () => {
    const of = result("checkout", { receipt: { checkoutSessionUrl: "https://pay.example/1" } });

    expect(reason(of, { when: "now" })).toContain(NOTHING);
    const later = reason(of, { when: "later" });
    expect(SENTENCES.filter((each) => later?.includes(each))).toEqual([MAYBE]);
    expect(later).toMatch(
      /If it was paid, set adopt: .*pay it at https:\/\/pay\.example\/1 now.*set attempt: 2 .*withdraw: true/,
    );
  });

  test("a refusal names status, code and message, what to fix and where, and the higher attempt", () => {
    expect(reason(result("refused", { cause: answer(402, "payment_failed", "Declined.") }))).toBe(
      "Vercel answered 402, payment_failed: Declined. Nothing was charged. Give the team a working payment method " +
        "(https://vercel.com/acme/~/settings/billing), then set attempt: 2 to try again, or withdraw: true if it isn't wanted any more.",
    );
  });

  test("a refusal is never tried again by itself, whatever the journal", () => {
    const said = reason(result("refused", { cause: answer(429, "rate_limited") }), { journaled: true });

    expect(said).toMatch(
      /Wait until Vercel.s rate limit allows it, then set attempt: 2 to try again, or withdraw/,
    );
    expect(said).not.toContain("pulumi up");
  });

  test("the code says more than the status, and a code that is no code says nothing", () => {
    expect(reason(result("refused", { cause: answer(400, "invalid_plan") }))).toContain(
      "Change the team's plan",
    );
    expect(reason(result("refused", { cause: answer(403, "x") }))).toContain("/~/settings/members");
    expect(reason(result("refused", { cause: answer(400, "constructor") }))).toMatch(
      /\. Fix what it names, then /,
    );
  });

  test("what was not sent goes on by itself with its journal, else by a higher attempt", () => {
    const of = result("notSent", { cause: NOT_SENT[0] });

    expect(reason(of, { journaled: true, attempt: 3 })).toMatch(
      /Fix the connection, then run `pulumi up` again\. \(Where its journal isn't available, set attempt: 4 to try again\.\)$/,
    );
    expect(reason(of, { attempt: 3 })).toMatch(/Fix the connection, then set attempt: 4 to try again\.$/);
    expect(reason(result("notSent", { cause: { kind: "commandEnded" } }), { journaled: true })).toContain(
      "Nothing was charged. Run `pulumi up` again.",
    );
  });

  test("what was skipped because another purchase is in doubt waits for that one to be settled", () => {
    const of = result("notSent", { cause: { kind: "afterDoubt", purchase: "credits-1" } });

    expect(reason(of, { journaled: true })).toContain(
      'Nothing was charged. Settle the purchase "credits-1" first, then run `pulumi up` again.',
    );
    expect(reason(of)).toMatch(/Settle the purchase "credits-1" first, then set attempt: 2 to try again\.$/);
  });

  test("what is not known names the page to look at, and the three ways out", () => {
    const said = reason(result("unknown", { cause: answer(402, "purchase_complete_failed") }), {
      attempt: 4,
    });

    expect(said).toMatch(
      /^Vercel answered 402, purchase_complete_failed\. That doesn't rule out a charge\. /,
    );
    expect(said).toMatch(
      /settings\/billing.*adopt: "<its intent or invoice id>".*attempt: 5 .*withdraw: true/,
    );
    expect(reason(result("unknown", { receipt: { intentId: "pur_9" } }))).toContain('adopt: "pur_9"');
  });
});

describe("at the sandbox, where Vercel's pages have nothing to show", () => {
  const sandbox = "http://127.0.0.1:4010";
  const session = { receipt: { checkoutSessionUrl: `${sandbox}/pay` } };

  test.each<[string, Result]>([
    ["what is not known", result("unknown")],
    ["a checkout session", result("checkout", session)],
    ["a payment that failed", result("failed")],
    ["a refusal", result("refused", { cause: answer(402, "payment_failed") })],
    ["what is pending", result("pending")],
  ])("%s names none of them, and where it is from", (_what, of) => {
    for (const when of ["now", "later"] as const) {
      const said = reasonOf(of, { ...context, sandbox, when }) ?? newsOf(of, { ...context, sandbox, when });
      expect(said).not.toContain("vercel.com");
      expect(said).toMatch(/\(At the sandbox http:\/\/127\.0\.0\.1:4010, where no money moves\.\)$/);
    }
  });

  test("what is not known is looked for on its own page", () => {
    expect(reason(result("unknown"), { sandbox })).toContain(`Look for it on ${sandbox}. If it is there`);
  });
});

describe("the line about a purchase that Vercel took", () => {
  test("bought: what, for whom, which intent and the total", () => {
    const of = result("bought", { receipt: { intentId: "pur_1", total: "108.10", currency: "usd" } });

    expect(newsOf(of, context)).toBe(
      "bought $100.00 of AI Gateway credits for team acme (pur_1, total 108.10 usd). The card was charged.",
    );
    expect(reason(of)).toBeUndefined();
  });

  test.each<[string | undefined, string, RegExp]>([
    ["pending", "purchaseIntent", /its status is "pending", which is not final/],
    ["refused", "purchaseIntent", /its status is "refused", which is not final/],
    [
      "succeeded",
      "invoiceIntent",
      /says "succeeded" in a kind of answer that is not documented \(invoiceIntent\)/,
    ],
    [undefined, "purchaseIntent", /its status is not known/],
  ])("pending, which Vercel calls %s (%s), is a warning", (word, intentKind, what) => {
    const status = word as VercelWord | undefined;
    const said = newsOf(result("pending", { status, receipt: { intentKind } }), context);

    expect(said).toMatch(/^warning: /);
    expect(said).toMatch(what);
    expect(SENTENCES.filter((each) => said?.includes(each))).toEqual([MAYBE]);
    expect(said).toContain("won't be bought again");
    expect(reason(result("pending"))).toBeUndefined();
  });

  test("a line begins with the purchase's name", () => {
    expect(lineOf("bought", "credits", "bought it")).toBe("✅ credits: bought it");
    expect(lineOf("unknown", "a\u001b[2J", "x")).toBe("⚠️ a\\u001b[2J: x");
  });
});

describe("nobody else says one of the three sentences", () => {
  test.each(SENTENCES)("%s", (sentence) => {
    const said = [
      reason(result("unknown", { cause: answer(500, sentence, sentence) })),
      reason(result("unknown", { cause: { kind: "noAnswer", problem: sentence } })),
      reason(result("unknown", { receipt: { intentId: sentence } })),
      reason(result("notSent", { cause: { kind: "afterDoubt", purchase: sentence } })),
      reason(result("notSent", { cause: { kind: "overCap", why: sentence } })),
      reason(result("checkout", { receipt: { checkoutSessionUrl: sentence } })),
      newsOf(result("pending", { status: sentence as VercelWord }), context),
      newsOf(result("bought", { receipt: { intentId: sentence, total: sentence } }), {
        ...context,
        team: sentence,
      }),
    ];

    for (const words of said) {
      expect(SENTENCES.flatMap((each) => words?.split(each).slice(1) ?? [])).toHaveLength(1);
    }
    expect(said.at(-1)).toContain(CHARGED);
  });

  test("nothing in a text is obeyed, and every text is well-formed", () => {
    const nasty = `\u001b[2J\u202e${"x".repeat(480)}\ud83d\ude00\ud83d`;
    const said = [
      reason(result("refused", { cause: answer(400, nasty, nasty) }), { team: "\ud800" }),
      reason(result("notSent", { cause: { kind: "argumentsDiffer", purchase: nasty, order: nasty } })),
      newsOf(result("bought", { receipt: { intentId: "pur_1" } }), { ...context, team: "a\ud800" }),
    ];

    for (const words of said) {
      expect(words?.isWellFormed()).toBe(true);
      expect(words).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});
