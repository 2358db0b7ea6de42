import { isLoneError, readAnswer } from "../../provider/src/charge/answer";

describe("reading an answer", () => {
  test("every documented field of a purchase intent is kept, money as text", () => {
    const body = {
      purchaseIntent: {
        id: "pur_1",
        status: "succeeded",
        currency: "usd",
        subtotal: "100.00",
        tax: "8.10",
        total: "108.10",
        refund: "0.00",
        ownerId: "team_1",
        createdAt: "2026-11-01T00:00:00Z",
        updatedAt: "2026-11-01T00:00:01Z",
        provider: { type: "stripe_invoice_immediate", resourceId: "in_1" },
        configuration: { options: { expirationDate: "2027-11-01" } },
      },
    };

    expect(readAnswer(JSON.stringify(body), "iad1::1")).toEqual({
      parts: {
        isObject: true,
        intents: [{ kind: "purchaseIntent", isDocumented: true, status: "succeeded" }],
      },
      receipt: {
        intentKind: "purchaseIntent",
        intentId: "pur_1",
        currency: "usd",
        subtotal: "100.00",
        tax: "8.10",
        total: "108.10",
        refund: "0.00",
        ownerId: "team_1",
        providerType: "stripe_invoice_immediate",
        providerResourceId: "in_1",
        createdAt: "2026-11-01T00:00:00Z",
        updatedAt: "2026-11-01T00:00:01Z",
        creditsExpireAt: "2027-11-01",
        requestId: "iad1::1",
        answer: body,
      },
    });
  });

  test("an orb subscription intent keeps its ids", () => {
    const body = {
      orbSubscriptionIntent: {
        id: "orbsubint_1",
        status: "succeeded",
        orbSubscriptionId: "sub_1",
        purchaseIntentId: "pur_2",
      },
    };

    expect(readAnswer(JSON.stringify(body)).receipt).toMatchObject({
      intentKind: "orbSubscriptionIntent",
      intentId: "orbsubint_1",
      orbSubscriptionId: "sub_1",
      purchaseIntentId: "pur_2",
    });
  });

  test("a kind of intent nobody knows yet is read under its own key", () => {
    const answer = readAnswer('{"note":"x","invoiceIntent":{"id":"inv_1","status":"succeeded"}}');

    expect(answer.parts.intents).toEqual([
      { kind: "invoiceIntent", isDocumented: false, status: "succeeded" },
    ]);
    expect(answer.receipt).toMatchObject({ intentKind: "invoiceIntent", intentId: "inv_1" });
  });

  test("fields that are missing, unknown or of another type never lose the intent", () => {
    const intent = {
      id: "pur_1",
      status: "succeeded",
      tax: null,
      provider: "x",
      configuration: [],
      total: {},
      newField: 1,
    };

    const { receipt } = readAnswer(JSON.stringify({ purchaseIntent: intent, extra: true }));

    expect(receipt).toEqual({
      intentKind: "purchaseIntent",
      intentId: "pur_1",
      answer: { purchaseIntent: intent, extra: true },
    });
  });

  test("money sent as a number keeps the digits it was sent with", () => {
    const { receipt } = readAnswer(
      '{"purchaseIntent":{"id":"p","status":"succeeded","total":100.10,"tax":12345678901234567890}}',
    );

    expect(receipt).toMatchObject({ total: "100.10", tax: "12345678901234567890" });
  });

  test("control characters and escape sequences in receipt fields are shown, not obeyed", () => {
    const { receipt } = readAnswer('{"purchaseIntent":{"id":"pur_\\u001b[31m\\u202e","status":"succeeded"}}');

    expect(receipt.intentId).toBe("pur_\\u001b[31m\\u202e");
  });

  test.each([
    ["not JSON", "<html>no</html>"],
    ["a list", "[1,2]"],
    ["too deep to be read", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ])("what can't be kept as an object is kept as text: %s", (_what, body) => {
    expect(readAnswer(body).receipt.answer).toEqual({ text: body.slice(0, 16 * 1024) });
  });

  test("what is too deep for the engine is left out, and the intent is read all the same", () => {
    const body = `{"a":${"[".repeat(1000)}1${"]".repeat(1000)},"purchaseIntent":{"id":"pur_1","status":"succeeded"}}`;
    const { receipt, parts } = readAnswer(body);

    expect(parts.intents).toMatchObject([{ status: "succeeded" }]);
    expect(receipt).toMatchObject({ intentId: "pur_1", answer: { purchaseIntent: { id: "pur_1" } } });
    expect(JSON.stringify(receipt.answer)).toContain("[too deep]");
  });

  test("a text that is kept is bounded", () => {
    expect(JSON.stringify(readAnswer("x".repeat(1024 * 1024)).receipt.answer).length).toBeLessThan(70_000);
  });

  test("nothing in an answer can pass for a value that Pulumi treats as its own", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const { receipt } = readAnswer(
      JSON.stringify({
        purchaseIntent: { id: unknown, status: "succeeded" },
        secret: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: 1 },
        lone: "\ud800",
      }).replace('"lone"', '"__proto__":{"polluted":true},"lone"'),
      unknown,
    );

    expect(JSON.stringify(receipt)).not.toMatch(/04da6b54|4dabf181|polluted|\\ud800/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("what is cut of a text ends in no half character", () => {
    const { receipt } = readAnswer(`${"x".repeat(16 * 1024 - 1)}\u{1f600}`);

    expect(receipt.answer).toEqual({ text: "x".repeat(16 * 1024 - 1) });
  });

  test("a receipt keeps the ids of an intent and of a checkout session beside each other", () => {
    const { receipt } = readAnswer(
      '{"checkoutSessionId":"cs_1","error":{"code":"x"},"purchaseIntent":{"id":"pur_1"}}',
    );

    expect(receipt).toMatchObject({
      intentKind: "purchaseIntent",
      intentId: "pur_1",
      checkoutSessionId: "cs_1",
    });
  });
});

const kinds = (body: object) => readAnswer(JSON.stringify(body)).parts.intents.map(({ kind }) => kind);

describe("the parts of an answer", () => {
  test.each<[string, object, string[]]>([
    [
      "both documented ones",
      { orbSubscriptionIntent: {}, purchaseIntent: {} },
      ["purchaseIntent", "orbSubscriptionIntent"],
    ],
    ["a documented one that is no object", { purchaseIntent: "pur_1" }, ["purchaseIntent"]],
    ["one by its name", { paymentIntent: {} }, ["paymentIntent"]],
    [
      "one by its name, beside a documented one",
      { paymentIntent: {}, purchaseIntent: {} },
      ["purchaseIntent", "paymentIntent"],
    ],
    ["one by its shape", { order: { id: 1, status: 2 } }, ["order"]],
    [
      "none by its shape beside one by its name",
      { order: { id: 1, status: 2 }, purchaseIntent: {} },
      ["purchaseIntent"],
    ],
    ["two by their shape", { a: { id: 1, status: 2 }, b: { id: 1, status: 2 } }, ["a", "b"]],
    ["no error by its shape", { error: { id: 1, status: 2 } }, []],
    ["none that is null", { purchaseIntent: null, paymentIntent: null }, []],
    ["no text that is called so", { paymentIntent: "x", intent: 1 }, []],
  ])("intents: %s", (_what, body, expected) => {
    expect(kinds(body)).toEqual(expected);
  });

  test("a checkout session is there as soon as its key is, readable or not", () => {
    const checkout = (body: object) => readAnswer(JSON.stringify(body)).parts.checkout;

    expect(checkout({ checkoutSessionId: "cs_1" })).toEqual({ id: "cs_1", url: undefined });
    expect(checkout({ checkoutSessionUrl: {} })).toEqual({ id: undefined, url: undefined });
    expect(checkout({ checkoutSessionUrl: null })).toBeUndefined();
  });

  test.each<[object, boolean]>([
    [{ error: { code: "x" } }, true],
    [{ error: { code: "x", message: 1, more: [] }, more: {}, purchaseIntent: null }, true],
    [{ error: { code: "" } }, false],
    [{ error: { code: 1 } }, false],
    [{ error: { message: "x" } }, false],
    [{ error: "x" }, false],
    [{ error: null }, false],
    [{ code: "x" }, false],
    [{ error: { code: "x" }, purchaseIntent: {} }, false],
    [{ error: { code: "x" }, checkoutSessionId: "" }, false],
    [{ error: { code: "x" }, payment: { id: 1, status: 2 } }, false],
  ])("%j is a lone error: %s", (body, expected) => {
    expect(isLoneError(readAnswer(JSON.stringify(body)).parts)).toBe(expected);
  });
});
