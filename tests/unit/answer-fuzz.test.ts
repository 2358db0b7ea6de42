import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { judge } from "../../provider/src/charge/outcome";

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
    ],
    { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: 1 },
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  ),
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

const ORDER = {
  arguments: { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
  journaled: false,
} as const;
const SENTENCES = ["Nothing was charged.", "The card was charged.", "The card may have been charged."];

const judged = (body: string, httpStatus: number, whole = true) =>
  judge({ kind: "answer", httpStatus, requestId: undefined, body, whole, problem: "cut" }, ORDER);

/** What must hold whatever came. */
function isSane(body: string, httpStatus: number): void {
  const { status, receipt, news, reason } = judged(body, httpStatus);
  const said = `${news ?? reason}`;
  // Exactly one of the three sentences, and not a character that a terminal would obey.
  expect(SENTENCES.filter((sentence) => said.includes(sentence))).toHaveLength(1);
  expect(said).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(said.length).toBeLessThan(10_000);
  // It can be kept: it comes back from JSON as it was, and holds nothing that Pulumi takes for its own.
  expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
  expect(JSON.stringify(receipt)).not.toMatch(
    /4dabf18193072939515e22adb298388d|04da6b54-80e4-46f7-96ec-b56ff0331ba9/,
  );
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  // It is bought only where an intent says so, and free only where an intent failed, or a checkout or error says so.
  const words = statusesIn(body);
  if (status === "succeeded") expect(words).toContain("succeeded");
  if (status === "failed") expect(words).toContain("failed");
  if (said.includes("Nothing was charged.") && httpStatus === 200) {
    expect(["failed", "checkout"]).toContain(status);
  }
}

test("every answer that the page allows is read, and none is lost", () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const body = JSON.stringify(answer);
      isSane(body, 200);
      const { status, receipt } = judged(body, 200);
      const sent = JSON.parse(body) as Record<string, Record<string, unknown>>;
      const intent = sent.purchaseIntent ?? sent.orbSubscriptionIntent;
      if (intent === undefined)
        expect(status).toBe(sent.checkoutSessionUrl || sent.checkoutSessionId ? "checkout" : "unknown");
      else if (intent.status) expect(status).toBe(intent.status);
      if (intent?.id) expect(receipt.intentId).toBeTruthy();
    }),
    { numRuns: 5000 },
  );
});

test("answers that are changed anywhere never throw, and never say more than they know", () => {
  fc.assert(
    fc.property(mutated, fc.constantFrom(200, 201, 302, 400, 402, 404, 429, 500), (answer, httpStatus) =>
      isSane(JSON.stringify(answer), httpStatus),
    ),
    { numRuns: 10_000 },
  );
});

test("texts that are broken anywhere never throw, and never say more than they know", () => {
  fc.assert(
    fc.property(broken, (body) => isSane(body, 200)),
    { numRuns: 10_000 },
  );
});

test("an answer that did not come whole is never taken for a purchase", () => {
  fc.assert(
    fc.property(mutated, (answer) => {
      expect(judged(JSON.stringify(answer), 200, false).status).toBe("unknown");
    }),
    { numRuns: 2000 },
  );
});

/** Every value called `status` in an object at the answer's top, read another way than the provider's. */
function statusesIn(body: string): unknown[] {
  try {
    const top: unknown = JSON.parse(body);
    return isObject(top)
      ? Object.values(top).map((value) => (isObject(value) ? value.status : undefined))
      : [];
  } catch {
    return [];
  }
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
