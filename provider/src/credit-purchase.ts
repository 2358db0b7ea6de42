import * as pulumi from "@pulumi/pulumi";
import { NOTHING_CHARGED } from "./domain/messages";
import { type CreditType, TELLING } from "./domain/order-arguments";
import { PROVIDER, PurchaseOrder } from "./purchase-order";
import { orderOptions, purchaseOptions } from "./resource-options";

/**
 * What to buy. Everything here is also an output, as it was used.
 *
 * What is secret stays secret in the state: in the inputs, in the outputs and all of them that repeat it, and in the
 * message of a failure, which Pulumi keeps. The printed lines that say what will be or was charged, or why it was not,
 * name it all the same, and so does the journal: a purchase must be readable for whoever reviews it or settles it.
 */
export interface CreditPurchaseArgs {
  /**
   * The credits to buy: `"v0"`, `"gateway"` (AI Gateway) or `"agent"`. Required.
   *
   * Changing it later is refused once the purchase is `succeeded`, `pending` or `adopted`; while it is `unknown`
   * or `checkout` it needs a higher `attempt`; after `refused` and `failed` it is free.
   *
   * Source: the endpoint's page, body field `item.creditType`.
   */
  creditType: pulumi.Input<CreditType>;

  /**
   * How many whole credits, 1 or more; 1 credit = 1 US dollar. Required. Vercel may add tax, so `total` can be
   * more. Capped by the stack's `vercelCredits:maxAmount` and `vercelCredits:maxAmountPerUpdate` (1000 dollars
   * each by default).
   *
   * Changing it later: as for `creditType`. To buy more, declare another purchase.
   *
   * Source: the endpoint's page, body field `item.amount`, "must be a positive integer".
   */
  amount: pulumi.Input<number>;

  /**
   * Who pays and gets the credits: a team's slug, or its id (`team_...`). Default: the stack's `vercel:team`,
   * then the environment's `VERCEL_TEAM`, else the token's own default team.
   *
   * Changing it later: as for `creditType`. That includes a change of the default it came from.
   *
   * Source: the endpoint's page, query `teamId` or `slug`.
   */
  team?: pulumi.Input<string>;

  /**
   * What Vercel is told about where the purchase comes from. Default: `pulumi`. Changing it later is ignored.
   *
   * Source: the endpoint's page, query `source`.
   */
  source?: pulumi.Input<string>;

  /**
   * Which try this is: a whole number, 1 or more. Default: 1. Raising it is a person's word that the last try did
   * not buy: it opens a new order and allows one more request, unless the journal knows that an earlier try bought.
   *
   * Raising it is refused once the purchase is `succeeded` or `adopted`; while it is `pending` it says that the
   * purchase failed later. Lowering it is refused.
   */
  attempt?: pulumi.Input<number>;

  /**
   * The intent or invoice id of a purchase that was made already, in a run whose outcome is unknown or by other
   * means. It is recorded as this one; nothing is sent and nothing is charged. Default: none.
   *
   * Setting it later settles a purchase that is `unknown` or `checkout`. It is refused where it contradicts an
   * intent that is on record. Removing it later changes nothing.
   */
  adopt?: pulumi.Input<string>;
}

/**
 * A purchase of Vercel credits, charged to the team's card when it is first applied, once, and not refundable.
 *
 * ```ts
 * const topUp = new CreditPurchase("gateway-2026-q4", { creditType: "gateway", amount: 100 });
 * export const intentId = topUp.intentId;
 * ```
 *
 * It is protected by default. Destroying it, once unprotected, forgets the record: the credits stay and nothing
 * is refunded. **Destroying it and creating it again, a new name without an alias, a new parent, or the same program in
 * a new stack is a new order, and buys again.**
 *
 * One order sends at most one request. Where nobody can know whether it charged, the purchase is kept as
 * `unknown`, and every `pulumi up` fails until a person settles it with `adopt` or a higher `attempt`. Where the
 * journal on this machine (`vercelCredits:journal`) knows more, after a crash or a refusal, the next `pulumi up` takes
 * the purchase over, or tries again, by itself.
 */
export class CreditPurchase extends pulumi.CustomResource {
  /** The credits bought. */
  declare readonly creditType: pulumi.Output<CreditType>;
  /** How many; 1 credit = 1 US dollar before tax. */
  declare readonly amount: pulumi.Output<number>;
  /** The team that paid; absent where it was left to the token. */
  declare readonly team: pulumi.Output<string | undefined>;
  /** What Vercel was told about where the purchase comes from. */
  declare readonly source: pulumi.Output<string>;
  /** Which try this was. */
  declare readonly attempt: pulumi.Output<number>;
  /** The purchase that was taken over, where one was. */
  declare readonly adopt: pulumi.Output<string | undefined>;

  /** One sentence: what, how much in dollars, for which team, not refundable. */
  declare readonly summary: pulumi.Output<string>;
  /** The order this purchase was made under, `order_<uuid>`. */
  declare readonly orderId: pulumi.Output<string>;
  /**
   * Vercel's word where it gave one: `succeeded`, `pending`, `failed`, or one that is newer than this package.
   * Else ours: `checkout`, `refused`, `unknown`, `adopted`.
   */
  declare readonly status: pulumi.Output<string>;
  /** `purchaseIntent`, `orbSubscriptionIntent`, `checkoutSession`, or the answer's own key for another kind. */
  declare readonly intentKind: pulumi.Output<string | undefined>;
  /** `pur_...` or `orbsubint_...`; the adopted id where adopted. */
  declare readonly intentId: pulumi.Output<string | undefined>;
  /** Of an `orbSubscriptionIntent`: the purchase intent behind it, where there is one. */
  declare readonly purchaseIntentId: pulumi.Output<string | undefined>;
  /** Of an `orbSubscriptionIntent`. */
  declare readonly orbSubscriptionId: pulumi.Output<string | undefined>;
  /** Of a checkout session. */
  declare readonly checkoutSessionId: pulumi.Output<string | undefined>;
  /** Where a person completes a checkout session. */
  declare readonly checkoutSessionUrl: pulumi.Output<string | undefined>;
  /** Currency of the money fields, as answered (`usd`). */
  declare readonly currency: pulumi.Output<string | undefined>;
  /** Before tax. A decimal string exactly as answered, as all money fields are. */
  declare readonly subtotal: pulumi.Output<string | undefined>;
  /** Tax due, a decimal string as answered. */
  declare readonly tax: pulumi.Output<string | undefined>;
  /** What was due in all, a decimal string as answered; can exceed `amount` by the tax. */
  declare readonly total: pulumi.Output<string | undefined>;
  /** What had been refunded when Vercel answered, a decimal string. Never updated later. */
  declare readonly refund: pulumi.Output<string | undefined>;
  /** The intent's owner: a team or a user. */
  declare readonly ownerId: pulumi.Output<string | undefined>;
  /** The payment provider, such as `stripe_invoice_immediate`. */
  declare readonly providerType: pulumi.Output<string | undefined>;
  /** The payment provider's own id of the payment. */
  declare readonly providerResourceId: pulumi.Output<string | undefined>;
  /** When the intent was created, as answered. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** When the intent was last updated, as answered. */
  declare readonly updatedAt: pulumi.Output<string | undefined>;
  /** When the credits expire, where the intent says so. */
  declare readonly creditsExpireAt: pulumi.Output<string | undefined>;
  /** The answer's `x-vercel-id`, by which Vercel's support finds the request. */
  declare readonly requestId: pulumi.Output<string | undefined>;
  /** Why it did not buy, or why nobody knows, and what to do. Absent where it bought. */
  declare readonly reason: pulumi.Output<string | undefined>;
  /** The whole answer as received, up to 1 MiB; `{ text }` where it was not a JSON object. */
  declare readonly answer: pulumi.Output<Record<string, unknown> | undefined>;

  /**
   * @param name Unique among the purchases of the stack. It is the purchase's identity: under another name (or
   *   parent) the same arguments are another purchase, and buy again, unless `aliases` says what it was called.
   * @param args What to buy.
   * @param opts `protect` is true unless it is set. Options that ask for replacement, import or a retry on error
   *   are refused.
   */
  constructor(name: string, args: CreditPurchaseArgs, opts: pulumi.CustomResourceOptions = {}) {
    checkDeclaration(name, args);
    const options = purchaseOptions(name, opts);
    const team = args.team ?? defaultTeam();
    const inputs = {
      ...secrecyOf({ ...args, team }),
      ...args,
      ...(team !== undefined && { team }),
      __label: name,
      ...(pulumi.runtime.isDryRun() && { __preview: true }),
    };
    const order = new PurchaseOrder(name, inputs, orderOptions(options));
    super(
      "pulumi-nodejs:dynamic/vercel:CreditPurchase",
      name,
      {
        ...OUTPUTS,
        ...inputs,
        orderId: order.orderId,
        __journal: order.__journal,
        __provider: PROVIDER("purchase"),
      },
      options,
    );
  }
}

/** What this package adds to the arguments itself, so that a program can't. */
const OURS = ["orderId", "summary", "__label", "__journal", "__preview", "__provider"];

/** What can be wrong before there is a resource whose check could say so. */
function checkDeclaration(name: unknown, args: unknown): void {
  const refuse = (what: string) => new pulumi.RunError(`${what} ${NOTHING_CHARGED}`);
  if (typeof name !== "string" || name === "") {
    throw refuse(
      "The name of a CreditPurchase must be a text that is not empty: it is the purchase's identity.",
    );
  }
  const isLater = pulumi.Output.isInstance(args) || args instanceof Promise;
  if (typeof args !== "object" || args === null || isLater) {
    const each = isLater ? " as an object; each of them may be an Output" : ": creditType and amount";
    throw refuse(`CreditPurchase "${name}" needs its arguments${each}.`);
  }
  const [ours] = OURS.filter((key) => key in args);
  if (ours !== undefined) throw refuse(`CreditPurchase "${name}": ${ours} is not an argument.`);
}

/** See `TELLING`. What is known only during the update is no obstacle: whether it is secret is known before. */
function secrecyOf(inputs: pulumi.Inputs): Record<string, pulumi.Output<unknown>> {
  const later = Object.values(inputs).filter(
    (input) => pulumi.Output.isInstance(input) || input instanceof Promise,
  );
  if (later.length === 0) return {};
  const isSecret = Promise.all(later.map((input) => pulumi.isSecret(pulumi.output(input)))).then((all) =>
    all.includes(true),
  );
  const mark = pulumi.output(isSecret).apply((secret) => (secret ? pulumi.secret(null) : undefined));
  return Object.fromEntries(TELLING.map((output) => [output, mark]));
}

function defaultTeam(): string | undefined {
  return new pulumi.Config("vercel").get("team") || process.env.VERCEL_TEAM || undefined;
}

/** The SDK makes a property of each output that is named when the resource is declared, given or not. */
const OUTPUTS = Object.fromEntries(
  `creditType amount team source attempt adopt summary status reason answer
   intentKind intentId purchaseIntentId orbSubscriptionId checkoutSessionId checkoutSessionUrl
   currency subtotal tax total refund ownerId providerType providerResourceId
   createdAt updatedAt creditsExpireAt requestId`
    .split(/\s+/)
    .map((output) => [output, undefined]),
);
