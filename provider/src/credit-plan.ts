import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase, type CreditPurchaseArgs } from "./credit-purchase";
import { closest } from "./domain/closest";
import { NOTHING_CHARGED, printable } from "./domain/messages";
import { isObject } from "./domain/objects";
import { CREDIT_TYPES, type CreditType } from "./domain/order-arguments";
import { programError } from "./program-error";

/** A purchase of a plan that needs more than its amount; what each does is in `CreditPurchaseArgs`. */
export type PlannedPurchase = Omit<CreditPurchaseArgs, "creditType" | "team">;

/**
 * What to buy, by period (or any other name) and credit type: `{ "2026-q4": { gateway: 500, v0: 100 } }`. A number is
 * the amount, in whole credits; 1 credit = 1 US dollar.
 */
export type PlannedPurchases = {
  [period: string]: { [creditType in CreditType]?: pulumi.Input<number> | PlannedPurchase };
};

/** What a `CreditPlan` holds. */
export interface CreditPlanArgs {
  /**
   * Purchases for the default team: the stack's `vercel:team`, `VERCEL_TEAM`, else the token's own.
   *
   * Adding one later buys it, and nothing else. Changing an amount that is bought is refused, as for `CreditPurchase`.
   * Removing one that is bought is stopped by its protection.
   */
  purchases?: PlannedPurchases;

  /** Purchases for other teams, by slug or id: `{ acme: { "2026-q4": { gateway: 500 } } }`. Changing it: as above. */
  teams?: { [team: string]: PlannedPurchases };
}

/**
 * Planned purchases in one place, so that a quarter is one line in a pull request.
 *
 * ```ts
 * new CreditPlan("credits", {
 *   purchases: {
 *     "2026-q3": { gateway: 400 },
 *     "2026-q4": { gateway: 500, v0: 100 }, // the line that this pull request adds
 *   },
 * });
 * ```
 *
 * The flow: whoever needs credits adds a line and opens a pull request. Its preview says what the line will charge, and
 * only that (`pulumi-vercel-credits review` makes a comment of it). Whoever may spend approves; merging runs
 * `pulumi up`, which buys what is new. What was bought stays in the plan for good: it is the record. A line that is
 * removed, or an amount that is changed afterwards, stops the preview.
 *
 * Each purchase is a `CreditPurchase` called `<plan>-<period>-<creditType>`, for other teams
 * `<plan>-<team>-<period>-<creditType>`. **The names are their identity: a plan that is renamed, or a period that is,
 * buys again what it holds, unless `aliases` says what the plan was called.** A purchase that was declared by itself
 * should stay by itself.
 */
export class CreditPlan extends pulumi.ComponentResource {
  /** Every purchase, by its name less the plan's: `2026-q4-gateway`. */
  readonly purchases: { readonly [name: string]: CreditPurchase };

  /**
   * @param name Begins the name of every purchase.
   * @param args What to buy.
   * @param opts For the plan and its purchases. `protect` is true for each purchase unless it is set here.
   */
  constructor(name: string, args: CreditPlanArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const planned = listOf(name, args);
    super("vercel-credits:index:CreditPlan", name, {}, opts);
    const purchases: Record<string, CreditPurchase> = {};
    for (const { key, args: purchase } of planned) {
      const protect = opts.protect === undefined ? {} : { protect: opts.protect };
      purchases[key] = new CreditPurchase(`${name}-${key}`, purchase, { parent: this, ...protect });
    }
    this.purchases = purchases;
    this.registerOutputs({});
  }
}

interface Planned {
  readonly key: string;
  readonly args: CreditPurchaseArgs;
}

/** The plan as a list, checked as far as it can go wrong before there is a purchase that could say so. */
function listOf(name: string, args: CreditPlanArgs): Planned[] {
  const refuse = (what: string) => programError(`CreditPlan "${name}": ${what}. ${NOTHING_CHARGED}`);
  const { purchases = {}, teams = {}, ...unknown } = isObject(args) ? args : {};
  const [argument] = Object.keys(unknown);
  if (argument !== undefined) {
    const meant = closest(argument, ["purchases", "teams"]);
    const hint = meant === undefined ? "." : `; did you mean ${meant}?`;
    throw refuse(
      `${printable(argument, 100)} is not an argument${hint} It takes purchases, such as { purchases: { "2026-q4": { gateway: 500 } } }, and teams`,
    );
  }
  const list: Planned[] = [];
  const add = (plan: unknown, where: string, prefix: string, team: { team?: string }) => {
    if (!isObject(plan))
      throw refuse(`${where} must be an object of periods, such as { "2026-q4": { gateway: 500 } }`);
    for (const [period, credits] of Object.entries(plan)) {
      const here = `${where}["${period}"]`;
      if (!isObject(credits))
        throw refuse(`${here} must be an object of credit types, such as { gateway: 500 }`);
      for (const [creditType, planned] of Object.entries(credits)) {
        if (!CREDIT_TYPES.includes(creditType as CreditType)) {
          throw refuse(`${here} names ${creditType}, which is not one of ${CREDIT_TYPES.join(", ")}`);
        }
        const key = `${prefix}${period}-${creditType}`;
        if (list.some((other) => other.key === key))
          throw refuse(`${here} makes a second purchase called ${key}`);
        const amount = isObject(planned) && !pulumi.Output.isInstance(planned) && !isPromise(planned);
        const purchase = amount ? planned : { amount: planned };
        list.push({ key, args: { ...purchase, creditType, ...team } as CreditPurchaseArgs });
      }
    }
  };
  add(purchases, "purchases", "", {});
  if (!isObject(teams)) throw refuse("teams must be an object of teams");
  for (const [team, plan] of Object.entries(teams)) add(plan, `teams["${team}"]`, `${team}-`, { team });
  return list;
}

function isPromise(value: object): boolean {
  return "then" in value && typeof value.then === "function";
}
