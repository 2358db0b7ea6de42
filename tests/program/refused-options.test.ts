import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";
import { orderOptions, purchaseOptions } from "../../provider/src/resource-options";
import { refusal, registered } from "../support/mocks";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";

const purchase = (opts: object) => () => new CreditPurchase("c", { creditType: "gateway", amount: 1 }, opts);

describe("an option by which a purchase could be made twice is refused by name, with what to do instead", () => {
  const REPLACED = "a purchase is never replaced; declare another CreditPurchase";
  const READ_BACK = "use the argument adopt";
  const PROCESS = "all purchases of an update share one provider process";
  test.each<[string, object, string]>([
    ["replaceOnChanges", { replaceOnChanges: ["amount"] }, REPLACED],
    ["replaceWith", { replaceWith: [] }, REPLACED],
    ["replacementTrigger", { replacementTrigger: 1 }, REPLACED],
    ["deleteBeforeReplace", { deleteBeforeReplace: true }, REPLACED],
    ["deletedWith", { deletedWith: {} }, "use retainOnDelete there instead"],
    ["import", { import: "pur_1" }, READ_BACK],
    ["id", { id: "pur_1" }, READ_BACK],
    ["hooks.onError", { hooks: { onError: [] } }, "use the argument attempt"],
    ["provider", { provider: {} }, PROCESS],
    ["provider", { provider: undefined, providers: [{}] }, PROCESS],
    ["version", { version: "1.2.3" }, PROCESS],
    ["pluginDownloadURL", { pluginDownloadURL: "https://example.com" }, PROCESS],
  ])("%s: %j", async (option, opts, instead) => {
    const refused = await refusal(purchase(opts));

    expect(refused.output).toContain(`CreditPurchase "c" does not take the option ${option}: `);
    expect(refused.output).toContain(instead);
    expect(sentencesOf(refused)).toEqual([NOTHING_CHARGED]);
    expectReadable(refused);
  });
});

test("every other option is taken", async () => {
  const others = {
    additionalSecretOutputs: ["intentId"],
    aliases: [{ name: "before" }],
    customTimeouts: { create: "9s" },
    dependsOn: [],
    hideDiffs: ["amount"],
    ignoreChanges: ["amount"],
    protect: false,
    retainOnDelete: true,
  };

  expect((await registered(purchase(others))).map(({ type }) => type)).toEqual([
    "pulumi-nodejs:dynamic/vercel:PurchaseOrder",
    "pulumi-nodejs:dynamic/vercel:CreditPurchase",
  ]);
});

test("a purchase is protected unless the program says otherwise, and so is its order", () => {
  const both = (opts: pulumi.CustomResourceOptions) => {
    const ofPurchase = purchaseOptions("c", opts);
    return [ofPurchase.protect, orderOptions(ofPurchase).protect];
  };
  expect(both({})).toEqual([true, true]);
  expect(both({ protect: undefined as never })).toEqual([true, true]);
  expect(both({ protect: false })).toEqual([false, false]);
  expect(both({ aliases: [] })).toEqual([true, true]);
});

describe("an alias that names a purchase names its order, too", () => {
  const URN = "urn:pulumi:dev::test";
  const [PURCHASE, ORDER] = ["CreditPurchase", "PurchaseOrder"].map(
    (half) => `pulumi-nodejs:dynamic/vercel:${half}`,
  );
  test.each<[string, string | pulumi.Alias, string | pulumi.Alias]>([
    ["by its name alone", { name: "before" }, { name: "before" }],
    ["by its type", { name: "before", type: PURCHASE as string }, { name: "before", type: ORDER as string }],
    ["by another type", { type: "acme:index:Credits" }, { type: "acme:index:Credits" }],
    ["by its URN", `${URN}::${PURCHASE}::a`, `${URN}::${ORDER}::a`],
    [
      "by its URN under a parent",
      `${URN}::acme:index:Team$acme:index:Part$${PURCHASE}::a`,
      `${URN}::acme:index:Team$acme:index:Part$${ORDER}::a`,
    ],
    [
      "by a URN under another purchase",
      `${URN}::${PURCHASE}$${PURCHASE}::a`,
      `${URN}::${PURCHASE}$${ORDER}::a`,
    ],
    ["by what is no URN", "before", "before"],
  ])("%s", async (_how, alias, ofOrder) => {
    const { aliases = [] } = orderOptions({ aliases: [alias] });
    const all = pulumi.output(aliases) as unknown as { promise(): Promise<unknown> };

    expect(await all.promise()).toEqual([ofOrder]);
  });
});
