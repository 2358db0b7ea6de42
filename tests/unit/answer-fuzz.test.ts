import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { judge } from "../../provider/src/charge/judge";
import { isOutcome, OUTCOMES } from "../../provider/src/domain/outcome";
import { causeSchema, type Result } from "../../provider/src/domain/result";
import { newsOf, reasonOf } from "../../provider/src/domain/wording";
import { redactor } from "../../provider/src/http/redact";
import type { Reply } from "../../provider/src/http/request";
import { NOTHING_CHARGED, SENTENCES } from "../support/sentences";

/** The schema of the 200 answer, from the endpoint's own page. */
const page = readFileSync(join(__dirname, "../sandbox/purchase-credits.md"), "utf8");
const [, answerSchema] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json ?? ""));

interface Schema {
  readonly type?: string;
  readonly enum?: string[];
  readonly oneOf?: Schema[];
  readonly required?: string[];
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}

/** Every value that the schema allows, as far as it says; what it leaves open may be anything. */
function allowedBy(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(allowedBy));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "string":
      return fc.string({ unit: "binary", maxLength: 30 });
    case "integer":
      return fc.integer();
    case "number":
      return fc.double();
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(allowedBy(schema.items ?? {}), { maxLength: 3 });
    case "object": {
      const { properties = {}, required = [] } = schema;
      const fields = Object.fromEntries([
        ...required.map((name) => [name, fc.jsonValue()] as const),
        ...Object.entries(properties).map(([name, value]) => [name, allowedBy(value)] as const),
      ]);
      return fc.record(fields, { requiredKeys: required });
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const answers = allowedBy(answerSchema).filter(isObject);

/** What may be put in place of a field's value. */
const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    ...[
      null,
      1e21,
      -0,
      "",
      "succeeded",
      "failed",
      {},
      [],
      { status: "succeeded", id: "x" },
      "\u0000\u001b[2J\u202e",
      `${"x".repeat(499)}\u{1f600}`,
      `${"x".repeat(499)}\ud83d`,
      NOTHING_CHARGED,
    ],
    { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: 1 },
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  ),
);

/** A text that is cut in the middle of a character, or will be. */
const halved = fc
  .tuple(
    fc.constantFrom(0, 1, 99, 498, 499, 500),
    fc.constantFrom("\u{1f600}", "\ud83d", "\ude00", "\ud83dx"),
  )
  .map(([length, end]) => `${"x".repeat(length)}${end}`);

/** Words that Vercel may use as it likes, among them all of ours. */
const words = fc.oneof(
  fc.constantFrom(
    ...OUTCOMES,
    "succeeded",
    "failed",
    "pending",
    "Succeeded",
    " succeeded",
    "",
    "constructor",
  ),
  halved,
);
const CODES = [
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
const codes = fc.oneof(
  fc.constantFrom(...CODES, "purchase_complete_failed", "purchase_", "rate_limited", "forbidden", "conflict"),
  words,
  strange,
);

const anIntent = fc.record(
  { id: fc.oneof(fc.constant("pur_1"), halved, strange), status: fc.oneof(words, strange), total: halved },
  { requiredKeys: [] },
);

/** An answer of parts, each of which may be there, beside any of the others. */
const composed = fc.record(
  {
    purchaseIntent: fc.oneof(anIntent, strange),
    orbSubscriptionIntent: fc.oneof(anIntent, strange),
    paymentIntent: fc.oneof(anIntent, strange),
    order: fc.oneof(anIntent, strange),
    checkoutSessionId: fc.oneof(halved, strange),
    checkoutSessionUrl: fc.oneof(halved, strange),
    error: fc.oneof(
      fc.record({ code: codes, message: fc.oneof(halved, strange) }, { requiredKeys: [] }),
      strange,
    ),
    code: codes,
  },
  { requiredKeys: [] },
);

/** A documented intent alone, with a documented status: what anything else in an answer makes rare. */
const documented = fc
  .tuple(
    fc.constantFrom("purchaseIntent", "orbSubscriptionIntent"),
    fc.constantFrom("succeeded", "failed", "pending"),
  )
  .map(([kind, status]): Record<string, unknown> => ({ [kind]: { id: "pur_1", status } }));

/** The same, but each part alone at least as often as beside others. */
const parts = fc.oneof(
  { arbitrary: documented, weight: 1 },
  { arbitrary: composed, weight: 10 },
  {
    arbitrary: composed.chain((all) =>
      Object.keys(all).length === 0
        ? fc.constant(all)
        : fc.constantFrom(...Object.entries(all)).map(([key, value]) => ({ [key]: value })),
    ),
    weight: 10,
  },
);

const httpStatuses = fc.oneof(
  fc.constantFrom(200, 201, 400, 401, 402, 403, 404, 429),
  fc.constantFrom(204, 302, 405, 407, 408, 409, 410, 422, 451, 460, 499, 500, 502),
  fc.integer({ min: 200, max: 599 }),
);

/** An answer with some of its values, wherever they are, replaced, left out, or called otherwise. */
const mutated = fc
  .tuple(answers, fc.array(fc.record({ at: fc.nat(), how: fc.nat(2), value: strange }), { maxLength: 6 }))
  .map(([answer, changes]) => {
    const copy = structuredClone(answer);
    for (const { at, how, value } of changes) {
      const places = placesIn(copy);
      const [parent, key] = places[at % places.length] ?? [copy, "new"];
      const before = parent[key];
      if (how !== 1) delete parent[key];
      if (how === 1) parent[key] = structuredClone(value); // the same value may be put in twice
      if (how === 2) parent[`${key}2`] = before;
    }
    return copy;
  });

/** The text of an answer, with bytes changed, cut, or doubled. */
const broken = fc
  .tuple(mutated, fc.nat(), fc.nat(20), fc.string({ unit: "binary", maxLength: 5 }), fc.boolean())
  .map(([answer, at, length, text, whole]) => {
    const json = JSON.stringify(answer);
    const from = at % (json.length + 1);
    return whole ? json.slice(0, from) + text + json.slice(from + length) : json.slice(0, from);
  });

const replyOf = (
  body: string,
  httpStatus: number,
  more: Partial<Reply & { kind: "answer" }> = {},
): Reply => ({
  kind: "answer",
  httpStatus,
  requestId: undefined,
  body,
  whole: true,
  ...more,
});
const judged = (body: string, httpStatus: number, whole = true): Result =>
  judge(replyOf(body, httpStatus, { whole, ...(!whole && { problem: "it was cut off" }) }));

const context = { team: "acme", attempt: 1, creditType: "gateway", amount: 100, journaled: true } as const;

/** What a terminal would obey. */
const OBEYED = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** As `expect`, which is too slow to be called a million times. */
const must: (holds: boolean) => asserts holds = assert;

/** What must hold whatever came. */
function isSane(reply: Reply): Result {
  const result = judge(reply);
  const { outcome, status, receipt, cause } = result;
  must(isOutcome(outcome) && outcome !== ("adopted" as string) && outcome !== ("withdrawn" as string));
  // It can be kept: it comes back from JSON as it was, holds no half character, and nothing that Pulumi takes for its own.
  const kept = JSON.stringify(result);
  must(isDeepStrictEqual(JSON.parse(kept), result));
  must(textsIn(result).every((text) => text.isWellFormed()));
  must(!/4dabf18193072939515e22adb298388d|04da6b54-80e4-46f7-96ec-b56ff0331ba9/.test(kept));
  must(({} as { polluted?: unknown }).polluted === undefined);
  must(outcome === "bought" ? cause === undefined : isDeepStrictEqual(causeSchema.parse(cause), cause));
  for (const text of [status, receipt.intentId, receipt.total, receipt.checkoutSessionUrl]) {
    must(!OBEYED.test(text ?? ""));
  }
  // Exactly one of the three sentences, and not a character that a terminal would obey.
  for (const when of ["now", "later"] as const) {
    const said = [reasonOf(result, { ...context, when }), newsOf(result, { ...context, when })].filter(
      (words) => words !== undefined,
    );
    must(said.length === 1);
    const [words = ""] = said;
    must(SENTENCES.flatMap((sentence) => words.split(sentence).slice(1)).length === 1);
    must(!OBEYED.test(words) && words.isWellFormed() && words.length < 10_000);
  }
  const free = ["failed", "refused", "checkout", "notSent"].includes(outcome);
  if (outcome === "bought" || free) isEarned(reply, outcome);
  return result;
}

/** The contract, read another way than the provider's: an outcome that says something must be the only thing said. */
function isEarned(reply: Reply, outcome: string): void {
  if (reply.kind !== "answer") throw new Error(`${outcome} without an answer`);
  const top: unknown = JSON.parse(reply.body);
  if (!isObject(top)) throw new Error(`${outcome} without an object`);
  expect(reply.whole).toBe(true);
  const there = Object.entries(top).filter(([key, value]) => value !== null && key !== "__proto__");
  const intents = there.filter(
    ([key, value]) =>
      ["purchaseIntent", "orbSubscriptionIntent"].includes(key) ||
      (key.endsWith("Intent") && typeof value === "object"),
  );
  const sessions = there.filter(([key]) => key === "checkoutSessionId" || key === "checkoutSessionUrl");
  const errors = there.filter(([key]) => key === "error");
  const isSuccess = reply.httpStatus >= 200 && reply.httpStatus <= 299;
  const [key, intent] = intents[0] ?? [];
  switch (outcome) {
    case "bought":
    case "failed":
      expect(isSuccess).toBe(true);
      expect([intents.length, sessions.length, errors.length]).toEqual([1, 0, 0]);
      expect(["purchaseIntent", "orbSubscriptionIntent"]).toContain(key);
      expect((intent as { status: unknown }).status).toBe(outcome === "bought" ? "succeeded" : "failed");
      return;
    case "checkout":
      expect(isSuccess).toBe(true);
      expect([intents.length, errors.length]).toEqual([0, 0]);
      expect(sessions.some(([, value]) => typeof value === "string" && value !== "")).toBe(true);
      return;
    case "refused": {
      expect([intents.length, sessions.length]).toEqual([0, 0]);
      const { code } = top.error as { code: string };
      expect(typeof code === "string" && code !== "").toBe(true);
      if (reply.httpStatus === 402) expect(CODES).toContain(code);
      else {
        expect([400, 401, 403, 404, 429]).toContain(reply.httpStatus);
        expect(code).not.toMatch(/^purchase_/);
      }
      return;
    }
    default:
      throw new Error(`${outcome} is no outcome of an answer`);
  }
}

test("every answer that the page allows is read, and none is lost", () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const body = JSON.stringify(answer);
      const { outcome, status, receipt } = isSane(replyOf(body, 200));
      const sent = JSON.parse(body) as Record<string, Record<string, unknown>>;
      const intent = sent.purchaseIntent ?? sent.orbSubscriptionIntent;
      if (intent === undefined) {
        expect(outcome).toBe(sent.checkoutSessionUrl || sent.checkoutSessionId ? "checkout" : "unknown");
      } else if (typeof intent.status === "string" && intent.status !== "") {
        expect(status).toBe(intent.status);
        const ours: Record<string, string> = { succeeded: "bought", failed: "failed", pending: "pending" };
        expect(outcome).toBe(ours[intent.status]);
      }
      if (intent?.id) expect(receipt.intentId).toBeTruthy();
    }),
    { numRuns: 2000 },
  );
});

test("answers of any parts under any status mean no more than they say", () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(parts, httpStatuses, (answer, httpStatus) => {
      const { outcome } = isSane(replyOf(JSON.stringify(answer), httpStatus));
      seen[outcome] = (seen[outcome] ?? 0) + 1;
    }),
    { numRuns: 8000 },
  );
  // The answers that are generated reach every outcome that an answer can have.
  expect(Object.keys(seen).sort()).toEqual(["bought", "checkout", "failed", "pending", "refused", "unknown"]);
});

test("answers that are changed anywhere never throw, and never say more than they know", () => {
  fc.assert(
    fc.property(mutated, httpStatuses, (answer, httpStatus) => {
      isSane(replyOf(JSON.stringify(answer), httpStatus));
    }),
    { numRuns: 4000 },
  );
});

test("texts that are broken anywhere never throw, and never say more than they know", () => {
  fc.assert(
    fc.property(broken, httpStatuses, (body, httpStatus) => {
      isSane(replyOf(body, httpStatus));
    }),
    { numRuns: 4000 },
  );
});

test("a 4xx with anything that is no lone error is unknown", () => {
  const bodies = fc.oneof(
    fc.constantFrom("", "<html>Blocked</html>", "null", "[]", "{}", '"x"', "1"),
    fc.string({ unit: "binary", maxLength: 2000 }),
    composed.map(({ error: _, ...rest }) => JSON.stringify(rest)),
  );
  fc.assert(
    fc.property(bodies, fc.integer({ min: 400, max: 499 }), (body, httpStatus) => {
      expect(isSane(replyOf(body, httpStatus)).outcome).toBe("unknown");
    }),
    { numRuns: 2000 },
  );
});

test("an answer that did not come whole is never taken for anything", () => {
  fc.assert(
    fc.property(fc.oneof(mutated, parts), httpStatuses, (answer, httpStatus) => {
      expect(judged(JSON.stringify(answer), httpStatus, false).outcome).toBe("unknown");
    }),
    { numRuns: 2000 },
  );
});

test("headers and bodies with the token keep no part of it", () => {
  const token = "vcp_0123456789abcdefABCDEF";
  const redact = redactor(token);
  const text = fc
    .array(fc.oneof(fc.constant(token), halved, fc.constant("\u001b[2J")), { minLength: 1, maxLength: 4 })
    .map((each) => each.join(""));
  fc.assert(
    fc.property(text, text, httpStatuses, (header, message, httpStatus) => {
      const body = redact(
        JSON.stringify({ error: { code: message, message }, purchaseIntent: { id: message } }),
      );
      const result = isSane(replyOf(body, httpStatus, { requestId: redact(header) }));
      expect(JSON.stringify(result)).not.toContain("vcp_");
    }),
    { numRuns: 2000 },
  );
});

test("problems that quote what a server sent are kept as any other text", () => {
  fc.assert(
    fc.property(fc.oneof(halved, words), fc.boolean(), (problem, left) => {
      const result = judge({ kind: left ? "lost" : "unsent", problem });
      expect(result.outcome).toBe(left ? "unknown" : "notSent");
      expect(textsIn(result).every((text) => text.isWellFormed())).toBe(true);
    }),
  );
});

/** Every text in a value, keys too. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [value as Record<string, unknown>, key] as [Record<string, unknown>, string],
    ...placesIn(item),
  ]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
