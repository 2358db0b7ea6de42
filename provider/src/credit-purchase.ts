import * as pulumi from "@pulumi/pulumi";
import { NOTHING_CHARGED } from "./domain/messages";
import { type CreditType, TELLING } from "./domain/order-arguments";
import type { Outcome } from "./domain/outcome";
import { namingWhatFails } from "./failing-arguments";
import { programError } from "./program-error";
import { unknownSetting } from "./program-settings";
import { missingModules } from "./provider-modules";
import { failQuietly, PROVIDER, PurchaseOrder } from "./purchase-order";
import { orderOptions, purchaseOptions } from "./resource-options";

/**
 * What to buy. Everything here is also an output, as it was used.
 *
 * What changing an argument later does goes by the purchase's `outcome`. Whatever is refused is refused in the preview,
 * where it can be known there, by an error that names the argument, says whether money moved, and what to do; nothing is
 * sent.
 *
 * What is secret stays secret in the state: in the inputs, in the outputs and all of them that repeat it, and in the
 * message of a failure, which Pulumi keeps. The printed lines that say what will be or was charged, or why it was not,
 * name it all the same, and so does the journal: a purchase must be readable for whoever reviews it or settles it.
 */
export interface CreditPurchaseArgs {
  /**
   * The credits to buy: `"v0"`, `"gateway"` (AI Gateway) or `"agent"`. Required.
   *
   * Changing it later:
   *
   * | outcome | |
   * |---|---|
   * | `bought`, `adopted` | refused: final. To buy more, declare another purchase |
   * | `pending`, `checkout`, `unknown` | refused, unless `attempt` is raised in the same change |
   * | `failed`, `refused`, `withdrawn` | free; bought as changed once `attempt` is raised |
   * | `notSent` | free; bought as changed |
   *
   * Errors: another word; one that `vercelCredits:allowedCreditTypes` doesn't allow.
   *
   * Source: the endpoint's page, body field `item.creditType`.
   */
  creditType: pulumi.Input<CreditType>;

  /**
   * How many whole credits, 1 or more; 1 credit = 1 US dollar. Required. Vercel may add tax, so `total` can be more.
   * Capped by `vercelCredits:maxAmount` and `vercelCredits:maxAmountPerUpdate` (1000 dollars each by default), in the
   * preview as far as it can know, and again at the charge.
   *
   * Changing it later: as for `creditType`. To buy more, declare another purchase.
   *
   * Errors: no whole number, less than 1, over a cap.
   *
   * Source: the endpoint's page, body field `item.amount`, "must be a positive integer".
   */
  amount: pulumi.Input<number>;

  /**
   * Who pays and gets the credits: a team's slug, or its id (`team_...`). Default: the stack's `vercel:team`, then the
   * environment's `VERCEL_TEAM`, else the token's own default team. The default is read in the program, so the preview
   * names it.
   *
   * Changing it later: as for `creditType`. Where only the default that it came from changed, a final purchase keeps its
   * own team, and a line says so.
   *
   * Errors: empty, with spaces, or one that `vercelCredits:allowedTeams` doesn't allow.
   *
   * Source: the endpoint's page, query `teamId` or `slug`.
   */
  team?: pulumi.Input<string>;

  /**
   * What Vercel is told about where the purchase comes from. Default: `pulumi`. Changing it later is ignored.
   *
   * Errors: empty.
   *
   * Source: the endpoint's page, query `source`.
   */
  source?: pulumi.Input<string>;

  /**
   * Which try this is: a whole number, 1 or more. Default: 1.
   *
   * Raising it is a person's word that the tries before did not buy, and that the purchase is wanted: it opens a new
   * order and allows one more request. Look at the team's billing page first. Where the journal turns out to have the try
   * before as `bought`, `pending` or `checkout`, that is recorded, and nothing is sent.
   *
   * Errors: raising it after `bought` and `adopted`, while a request of an earlier run may still be under way (the error
   * names host and time), and together with `withdraw`. Lowering it. No whole number, or less than 1.
   *
   * Source: ours; nothing of it is sent.
   */
  attempt?: pulumi.Input<number>;

  /**
   * The id of a purchase that was made already, as the billing page has it: an intent (`pur_...`, `orbsubint_...`) or an
   * invoice. It is recorded as this one, whatever the outcome so far; nothing is sent, also where `attempt` is raised.
   * Default: none. Nobody checks it: no endpoint reads a purchase back.
   *
   * Changing it later corrects it while only a person's word is on record. Removing it changes nothing.
   *
   * Errors: an id that contradicts one that Vercel gave (its own is fine, such as that of a `pending` purchase that
   * succeeded); while a request of an earlier run may still be under way; together with `withdraw`; empty, or with spaces.
   *
   * Source: ours; nothing of it is sent.
   */
  adopt?: pulumi.Input<string>;

  /**
   * `true` is a person's word that a purchase in doubt was not made, and is not wanted any more: its outcome becomes
   * `withdrawn`, nothing is sent, and `pulumi up` succeeds. Default: none. A checkout session can still be paid after it.
   * Where a charge comes to light later in the journal, that outweighs it.
   *
   * To buy it after all, remove `withdraw` and raise `attempt`. Removing it alone changes nothing.
   *
   * Errors: after `bought`; after `adopted`, where Vercel gave the id or a request of ours left; while a request of an
   * earlier run may still be under way; together with `adopt` or a higher `attempt`; any other value than `true`.
   *
   * Source: ours; nothing of it is sent.
   */
  withdraw?: pulumi.Input<true>;
}

/**
 * A purchase of Vercel credits, charged to the team's card when it is first applied, once, and not refundable.
 *
 * ```ts
 * const topUp = new CreditPurchase("gateway-2026-q4", { creditType: "gateway", amount: 100 });
 * export const intentId = topUp.intentId;
 * export const outcome = topUp.outcome;
 * ```
 *
 * One order sends at most one request. After an answer, or where one is missing, only a person's word sends another: a
 * higher `attempt`. Where nobody can know whether it charged, the purchase is kept as `unknown`, and every `pulumi up`
 * fails until a person settles it with `adopt`, `attempt` or `withdraw`. With the journal on this machine
 * (`vercelCredits:journal`), the next `pulumi up` records what a killed one bought, and sends what never left.
 *
 * It is protected by default. Destroying it, once unprotected, forgets the record: the credits stay and nothing is
 * refunded. One that is `unknown` or `checkout` is not forgotten. **What was destroyed and is declared again, a new name or
 * parent without an alias, and the same program in a new stack are other purchases, and buy again.** Without a journal, so
 * is what lost both its record and its order's.
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
  /** What was withdrawn: `true`, where it was. */
  declare readonly withdraw: pulumi.Output<true | undefined>;

  /** One sentence: what, how much in dollars, for which team, not refundable. */
  declare readonly summary: pulumi.Output<string>;
  /** The order this purchase was made under, `order_<uuid>`. */
  declare readonly orderId: pulumi.Output<string>;
  /**
   * What the purchase came to, in a closed set of words that are ours. Every rule of this package goes by it, and so
   * should those of programs and policies.
   *
   * | outcome | meaning | money |
   * |---|---|---|
   * | `bought` | Vercel says that it succeeded | charged |
   * | `pending` | Vercel took it, and has not said how it ended | in doubt |
   * | `checkout` | Vercel wants a person to pay in a checkout session | not charged yet |
   * | `failed` | Vercel made it, and the payment failed | not charged |
   * | `refused` | Vercel refused it, by an error that it documents | not charged |
   * | `notSent` | no request left | not charged |
   * | `unknown` | a request may have left, and nobody knows what came of it | in doubt |
   * | `adopted` | a person says that it was made, and under which id | charged |
   * | `withdrawn` | a person says that it was not made, and isn't wanted | not charged |
   *
   * Source: see `Outcome` in `domain/outcome.ts`.
   */
  declare readonly outcome: pulumi.Output<Outcome>;
  /**
   * For people: Vercel's word exactly as answered, where it gave one (`succeeded`, `pending`, `failed`, or a newer one, even
   * one that looks like ours), else the outcome; `adopted` and `withdrawn` always as such. No rule goes by it: compare
   * `outcome`.
   */
  declare readonly status: pulumi.Output<string>;
  /**
   * The address, where the purchase was made at one of this machine (`pulumi-vercel-credits sandbox`): no money moved at
   * Vercel. Absent for every purchase that was made at Vercel.
   */
  declare readonly sandbox: pulumi.Output<string | undefined>;
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
  /** Where a person completes a checkout session. Absent where the outcome came from the journal, which doesn't keep it. */
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
  /**
   * What happened, whether money moved, and what to do, for outcomes that `pulumi up` fails with: `checkout`, `failed`,
   * `refused`, `notSent` and `unknown`. Absent for the others.
   */
  declare readonly reason: pulumi.Output<string | undefined>;
  /** The whole answer as received, up to 1 MiB; `{ text }` where it was not a JSON object. */
  declare readonly answer: pulumi.Output<Record<string, unknown> | undefined>;

  /**
   * @param name Unique among the purchases of the stack. It is the purchase's identity: under another name (or
   *   parent) the same arguments are another purchase, and buy again, unless `aliases` says what it was called.
   * @param args What to buy.
   * @param opts `protect` is true unless it is set. Options that ask for replacement, import, a retry on error or a
   *   provider process of its own are refused.
   */
  constructor(name: string, args: CreditPurchaseArgs, opts: pulumi.CustomResourceOptions = {}) {
    checkDeclaration(name, args);
    const missing = missingModules();
    if (missing !== undefined) {
      const { what, firstDo } = missing;
      throw programError(`CreditPurchase "${name}" can't be bought. ${what} ${NOTHING_CHARGED} ${firstDo}`);
    }
    const unknown = unknownSetting();
    if (unknown !== undefined) {
      throw programError(`CreditPurchase "${name}": ${unknown.what} ${NOTHING_CHARGED} ${unknown.firstDo}`);
    }
    const options = purchaseOptions(name, opts);
    const given = namingWhatFails(name, args);
    const team = given.team ?? defaultTeam();
    const inputs = {
      ...secrecyOf({ ...given, team }),
      ...given,
      ...(team !== undefined && { team }),
      ...(given.team === undefined && { __teamIsDefault: true }),
      __label: name,
      __resource: { organization: organization(), urn: urnOf(name, options.parent) },
      ...(pulumi.runtime.isDryRun() && { __preview: true }),
    };
    const order = new PurchaseOrder(name, inputs, orderOptions(options));
    super(
      TYPE,
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
    failQuietly(this);
  }
}

const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** What this package adds to the arguments itself, so that a program can't. */
const OURS = [
  ...["orderId", "summary", "outcome", "__label", "__journal", "__preview", "__provider"],
  ...["__resource", "__teamIsDefault", "__forecast", "__record", "onRecord", "__sandbox", "sandbox"],
];

/** What can be wrong before there is a resource whose check could say so. */
function checkDeclaration(name: unknown, args: unknown): void {
  const refuse = (what: string) => programError(`${what} ${NOTHING_CHARGED}`);
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
  // One that fails is named where it is an input itself.
  const isSecret = Promise.all(later.map((input) => pulumi.isSecret(pulumi.output(input)))).then(
    (all) => all.includes(true),
    () => false,
  );
  const mark = pulumi.output(isSecret).apply((secret) => (secret ? pulumi.secret(null) : undefined));
  return Object.fromEntries(TELLING.map((output) => [output, mark]));
}

/** Absent where the engine or a test doesn't say. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "";
  }
}

/**
 * Which purchase it is, for the journal. As a promise, and not as an output, which would make the purchase depend on its
 * parent, and a parent waits for its children.
 */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string | undefined> {
  const urn = pulumi.createUrn(name, TYPE, parent) as unknown as { promise(): Promise<string | undefined> };
  return urn.promise();
}

function defaultTeam(): string | undefined {
  return new pulumi.Config("vercel").get("team") || process.env.VERCEL_TEAM || undefined;
}

/** The SDK makes a property of each output that is named when the resource is declared, given or not. */
const OUTPUTS = Object.fromEntries(
  `creditType amount team source attempt adopt withdraw summary outcome status sandbox reason answer
   intentKind intentId purchaseIntentId orbSubscriptionId checkoutSessionId checkoutSessionUrl
   currency subtotal tax total refund ownerId providerType providerResourceId
   createdAt updatedAt creditsExpireAt requestId`
    .split(/\s+/)
    .map((output) => [output, undefined]),
);
