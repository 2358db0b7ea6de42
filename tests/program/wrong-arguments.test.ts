import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";
import { type Program, refusal, registered } from "../support/mocks";
import { ProviderProcess } from "../support/provider-process";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

/** A program with one purchase; `args` may be wrong in any way, since programs may, too. */
const purchaseOf =
  (args: object): Program =>
  () =>
    new CreditPurchase("c", { creditType: "gateway", amount: 1, ...args });

const WHOLE = "must be a whole number, 1 or more";

describe("the check that comes before everything else names a wrong argument in one clear line", () => {
  let provider: ProviderProcess;
  beforeAll(async () => {
    provider = await ProviderProcess.start();
  });
  afterAll(() => provider.stop());

  /** What is found wrong, by property: of the order, which comes first, and the same of the purchase. */
  async function found(args: object): Promise<Record<string, string>> {
    const [order, purchase] = await registered(purchaseOf(args), { isPreview: false });
    const all = async (half: "order" | "purchase", inputs = {}) => {
      const { failures = [], error } = await provider.check(half, {}, inputs);
      expect(error).toBeUndefined();
      return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
    };
    const ofOrder = await all("order", order?.inputs);
    expect(await all("purchase", purchase?.inputs)).toEqual(ofOrder);
    return ofOrder;
  }

  test.each<[string, object, string, ...string[]]>([
    ["-1", { amount: -1 }, "amount", WHOLE, "it is -1"],
    ["100.5", { amount: 100.5 }, "amount", WHOLE, "it is 100.5"],
    ['"100"', { amount: "100" }, "amount", WHOLE, 'it is "100"'],
    ["a bigint", { amount: 100n }, "amount", WHOLE],
    ["a boolean", { amount: true }, "amount", WHOLE, "it is true"],
    ["a list", { amount: [100] }, "amount", WHOLE, "it is [100]"],
    ["null", { amount: null }, "amount", WHOLE, "it is null"],
    ["nothing", { amount: undefined }, "amount", WHOLE, "it is missing"],
    ["a function", { amount: () => 100 }, "amount", WHOLE],
    ["an output of a wrong value", { amount: pulumi.output(0) }, "amount", WHOLE, "it is 0"],
    ["creditType missing", { creditType: undefined }, "creditType", "it is missing"],
    ["creditType in capitals", { creditType: "Gateway" }, "creditType", 'it is "Gateway"'],
    ["creditType a list", { creditType: ["v0"] }, "creditType", 'it is ["v0"]'],
    ["team a number", { team: 7 }, "team", "must be a team's slug or id", "it is 7"],
    ["team with a space", { team: "my team" }, "team", "without spaces"],
    ["team with a control character", { team: "a\u001bb" }, "team", "without spaces"],
    ["team an object", { team: { id: 1 } }, "team", "must be a team's slug or id"],
    ["source a date", { source: new Date(0) }, "source", "must be a text that is not empty"],
    ["source empty", { source: "" }, "source", "must be a text that is not empty"],
    ["attempt 1.5", { attempt: 1.5 }, "attempt", WHOLE, "it is 1.5"],
    ['attempt "2"', { attempt: "2" }, "attempt", WHOLE, 'it is "2"'],
    ["adopt a number", { adopt: 5 }, "adopt", "must be the id of an intent or invoice"],
    ["withdraw false", { withdraw: false }, "withdraw", "must be true, or left out"],
    ["adopt and withdraw", { adopt: "pur_1", withdraw: true }, "withdraw", "Remove one of them."],
    [
      "adopt with a space",
      { adopt: "pur 1" },
      "adopt",
      "Set adopt to the id that the team's billing page shows",
    ],
    ["an unknown argument", { credits: 5 }, "credits", "is not an argument of CreditPurchase"],
    ["an output as an argument", { status: "succeeded" }, "status", "is not an argument"],
    ["money as an argument", { total: "5.00" }, "total", "is not an argument"],
    ["an answer as an argument", { answer: { a: 1 } }, "answer", "is not an argument"],
  ])("%s", async (_what, args, name, ...says) => {
    const { [name]: output = "", ...others } = await found(args);

    expect(others).toEqual({});
    for (const words of [name, ...says]) expect(output).toContain(words);
    expect(sentencesOf({ output })).toEqual([NOTHING_CHARGED]);
    expectReadable({ output });
  });

  // What JSON doesn't know, the wire does. On the engine: tests/verify/programs.test.ts.
  test.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [1e21, "1e+21"],
    [-0, "-0"],
  ])("the number %d", async (amount, shown) => {
    expect(await found({ amount })).toEqual({
      amount: `amount ${WHOLE} (1 credit = 1 US dollar); it is ${shown}. ${NOTHING_CHARGED}`,
    });
  });
});

describe("a wrong argument stops the preview and the update by its name, and nothing is sent", () => {
  test.each<[string, object]>([
    ["creditType", { creditType: "gold" }],
    ["amount", { amount: 0 }],
    ["team", { team: "" }],
    ["attempt", { attempt: 0 }],
    ["adopt", { adopt: "" }],
    ["amuont", { amuont: 100 }],
  ])("%s in %j", async (name, args) => {
    const { sandbox, project } = await sandboxAndModel();
    project.program = purchaseOf(args);

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`property ${name} `);
      expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
      expectReadable(run);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });
});

describe("what is wrong before there is a resource is refused by the constructor", () => {
  test.each<[string, string, unknown, string]>([
    ["no arguments", "c", undefined, "needs its arguments: creditType and amount."],
    ["arguments that are null", "c", null, "needs its arguments"],
    ["arguments as an output", "c", pulumi.output({ amount: 1 }), "each of them may be an Output"],
    ["arguments as a promise", "c", Promise.resolve({ amount: 1 }), "each of them may be an Output"],
    ["an empty name", "", {}, "The name of a CreditPurchase"],
    ["a number as a name", 7 as never, {}, "The name of a CreditPurchase"],
  ])("%s", async (_what, name, args, says) => {
    const refused = await refusal(() => new CreditPurchase(name, args as never));

    expect(refused.output).toContain(says);
    expect(sentencesOf(refused)).toEqual([NOTHING_CHARGED]);
  });

  test.each([
    ["orderId", "order_1"],
    ["outcome", "bought"],
    ["summary", "free"],
    ["sandbox", "http://127.0.0.1:1"],
    ["onRecord", {}],
    ["__label", "another"],
    ["__journal", {}],
    ["__preview", true],
    ["__provider", "exports.handler=()=>0"],
    ["__resource", {}],
    ["__teamIsDefault", true],
    ["__forecast", {}],
    ["__record", {}],
    ["__sandbox", "http://127.0.0.1:1"],
  ])("what this package adds itself is no argument: %s", async (name, value) => {
    const refused = await refusal(purchaseOf({ [name]: value }));

    expect(refused.output).toBe(`CreditPurchase "c": ${name} is not an argument. ${NOTHING_CHARGED}`);
  });
});
