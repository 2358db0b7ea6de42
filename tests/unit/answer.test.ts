import { readAnswer } from "../../provider/src/charge/answer";

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
      intentStatus: "succeeded",
      error: undefined,
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

    expect(answer.intentStatus).toBe("succeeded");
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
    const { receipt, intentStatus } = readAnswer(body);

    expect(intentStatus).toBe("succeeded");
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
});
