import assert from "node:assert/strict";
import { test } from "node:test"; // leave this line out under jest
import * as pulumi from "@pulumi/pulumi";

const PURCHASE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** The arguments of each purchase that the program declares, by its name. */
const declared = new Map<string, Record<string, unknown>>();

pulumi.runtime.setMocks({
  newResource({ type, name, inputs }) {
    if (type === PURCHASE) declared.set(name, inputs);
    // What Vercel would answer. Outputs that a mock leaves out are undefined.
    const answered = { outcome: "bought", status: "succeeded", total: "108.25", currency: "usd" };
    return { id: `order-of-${name}`, state: { ...inputs, ...answered } };
  },
  call: () => ({}),
});
pulumi.runtime.setAllConfig({ "project:gatewayDollars": "100" });

test("buys as many AI Gateway credits for acme as the configuration says", async () => {
  const program = await import("./index.ts");

  assert.equal(await known(program.outcome), "bought");
  assert.equal(await known(program.bill), "108.25 usd");
  assert.deepEqual([...declared.keys()], ["gateway-2026-q4"]);
  const { creditType, amount, team } = declared.get("gateway-2026-q4") ?? {};
  assert.deepEqual({ creditType, amount, team }, { creditType: "gateway", amount: 100, team: "acme" });
});

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
