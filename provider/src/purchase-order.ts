import * as pulumi from "@pulumi/pulumi";

/**
 * The serialized provider: a text that points at the installed package, and never holds code or values.
 *
 * `pulumi.dynamic.Resource` would serialize the provider object itself, which takes the SDK 300 to 400 ms at every
 * run, fails where the package is linked into a workspace, and writes the code of today into the state, where
 * refresh and delete run it for ever. The key `__provider` and `handler()` are how every dynamic resource in
 * every state is found again, so they can't change under us.
 */
export const PROVIDER = (method: "order" | "purchase") =>
  `exports.handler=()=>require("pulumi-vercel-credits/lifecycle").${method}`;

/**
 * The guard of one purchase, made by `CreditPurchase` itself. Its create only makes a fresh order id; the engine
 * writes that down before the purchase, which depends on it, may start. See `lifecycle/order.ts`.
 */
export class PurchaseOrder extends pulumi.CustomResource {
  declare readonly orderId: pulumi.Output<string>;
  declare readonly __journal: pulumi.Output<unknown>;

  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs:dynamic/vercel:PurchaseOrder",
      name,
      { orderId: undefined, __journal: undefined, ...inputs, __provider: PROVIDER("order") },
      opts,
    );
    failQuietly(this);
  }
}

/**
 * Under `--continue-on-error` the SDK rejects every output of a resource that failed, and prints a stack trace for each
 * of them that nothing waits for. The engine has said by then what happened. (An SDK without `recover` doesn't reject; a
 * preview has no such option.)
 */
export function failQuietly(resource: pulumi.CustomResource): void {
  if (pulumi.runtime.isDryRun()) return;
  for (const output of Object.values(resource)) {
    if (pulumi.Output.isInstance(output)) pulumi.recover?.(output, () => undefined);
  }
}
