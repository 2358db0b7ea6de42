import { inspect } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { z } from "zod";
import type { Snapshot } from "../balances/evidence";
import type { OrderReference } from "../journal/journal";
import { NOTHING_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { CREDIT_TYPES, type CreditType, creditsFor, type OrderArguments, TELLING } from "../domain/order-arguments";

/** What Pulumi passes, in previews, for a value that is known only during the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What an order remembers: under which signature of which journal it was opened, the purchase's orders before it, oldest
 * first, and the balance at that moment.
 */
export interface OpenedUnder {
  readonly signature?: string;
  readonly earlier?: readonly OrderReference[];
  readonly balance?: Snapshot;
}

/** What the engine hands to the lifecycle methods: the arguments, and what this package adds to them. */
export interface Inputs extends Record<string, unknown> {
  /** The purchase's name in the program, for messages. Keys with `__` are left out of the text views. */
  __label?: string;
  orderId?: string;
  /** Made by the order: what a journal can be asked about it, see `recovery.ts`. */
  __journal?: OpenedUnder;
  /** What earlier attempts of a purchase came to, oldest first. */
  __earlierAttempts?: Record<string, unknown>[];
  /** Set in previews by the program, and taken out by `check`: it is not part of what the engine keeps. */
  __preview?: boolean;
}

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** How an argument must look, in words for whoever wrote the program. */
const WHOLE_NUMBER = "must be a whole number, 1 or more";

const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

const argumentSchemas = {
  creditType: z.enum(CREDIT_TYPES, { error: 'must be one of "v0", "gateway" and "agent"' }),
  amount: z.int({ error: `${WHOLE_NUMBER} (1 credit = 1 US dollar)` }).min(1),
  team: text(/^[^\s\p{C}]+$/u, "must be a team's slug or id (team_...), without spaces").optional(),
  source: text(/./s, "must be a text that is not empty"),
  attempt: z.int({ error: WHOLE_NUMBER }).min(1),
  adopt: text(
    /^[^\s\p{C}]{1,200}$/u,
    "must be the id of an intent or invoice (such as pur_...), without spaces",
  ).optional(),
} satisfies Record<string, z.ZodType>;

export const ARGUMENTS = Object.keys(argumentSchemas) as (keyof typeof argumentSchemas)[];

const orderSchema = z.object(argumentSchemas);

const DEFAULTS = { source: "pulumi", attempt: 1 };

/** With `ignoreChanges`, the engine hands back what an earlier check returned: the summary, too. */
const KNOWN_INPUTS = new Set(["__label", "__journal", "__provider", "orderId", "summary", ...ARGUMENTS]);

function isKnownInput([key, value]: [string, unknown]): boolean {
  return KNOWN_INPUTS.has(key) || (value === null && TELLING.includes(key));
}

/**
 * Fills in defaults and checks every argument that is already known; one failure for each that is wrong.
 * What isn't known yet passes as it is, and is checked again in the update.
 */
export function checkArguments(news: Inputs): {
  inputs: Inputs;
  failures: dynamic.CheckFailure[];
  isPreview: boolean;
} {
  const { __preview, ...rest } = news;
  const inputs: Inputs = { ...DEFAULTS, ...rest };
  const failures: dynamic.CheckFailure[] = [];
  for (const [property, schema] of Object.entries(argumentSchemas)) {
    const value = inputs[property];
    if (isUnknown(value)) continue;
    const parsed = schema.safeParse(value);
    if (parsed.success) continue;
    const given = value === undefined ? "it is missing" : `it is ${shown(value, inputs)}`;
    const reason = `${property} ${parsed.error.issues[0]?.message}; ${given}. ${NOTHING_CHARGED}`;
    failures.push(failure(inputs, property, reason));
  }
  for (const [property] of Object.entries(inputs).filter((input) => !isKnownInput(input))) {
    const reason = `${property} is not an argument of CreditPurchase. ${NOTHING_CHARGED} It takes ${ARGUMENTS.join(", ")}.`;
    failures.push(failure(inputs, property, reason));
  }
  return { inputs, failures, isPreview: __preview === true };
}

/** As the program may have written it: JSON knows no NaN, Infinity or -0. */
function shown(value: unknown, inputs: Inputs): string {
  if (isSecret(inputs)) return "secret, so it is not shown";
  return printable(typeof value === "number" ? inspect(value) : JSON.stringify(value), 100);
}

/** What `check` answers of an argument. The engine prints the value of a property that is named, secret or not. */
export function failure(inputs: Inputs, property: string, reason: string): dynamic.CheckFailure {
  return { property: isSecret(inputs) ? "" : property, reason };
}

/** Whether an argument is secret (which one is not told): the program then declares each of `TELLING` as null. */
export function isSecret(inputs: Inputs): boolean {
  return TELLING.some((key) => inputs[key] === null);
}

/** The arguments of checked inputs in an update, where everything is known. */
export function argumentsOf(inputs: Inputs): OrderArguments {
  return orderSchema.parse(inputs) as OrderArguments;
}

/** The inputs as a purchase's outputs repeat them: less what stays with them, and the marks of `TELLING`. */
export function repeated({ __journal, ...inputs }: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
}

/** The name the program gave the purchase, for messages. */
export function nameOf(inputs: Inputs): string {
  return printable(inputs.__label ?? "this purchase", 100);
}

/**
 * One sentence a reviewer reads in a preview. Unknown while a part of it is unknown, so that a plan made from the
 * preview still fits.
 */
export function summarize(inputs: Inputs): string {
  const { amount, creditType, team, adopt } = inputs;
  if ([amount, creditType, team, adopt].some(isUnknown)) return UNKNOWN;
  const what = `${dollars(amount as number)} of ${describeCredits(inputs)}`;
  return adopt === undefined
    ? `Buys ${what}, charged to the team's card at once and not refundable.`
    : `Records ${what} as bought elsewhere (${adopt}); charges nothing.`;
}

/** The line in which a preview says what will be charged. */
export function chargeLine(inputs: Inputs): string {
  const amount = isUnknown(inputs.amount)
    ? "an amount not known before the update"
    : dollars(inputs.amount as number);
  const unless = isUnknown(inputs.adopt) ? ", unless adopt turns out to name an earlier purchase" : "";
  return `💳 ${nameOf(inputs)}: ${amount} of ${describeCredits(inputs)} will be charged now${unless}. Not refundable.`;
}

/** The line in which a preview says that an update would stop at this purchase, which it can't settle by itself. */
export function stopLine(inputs: Inputs, why: string): string {
  return `⚠️ ${nameOf(inputs)}: nothing will be bought, and \`pulumi up\` will fail, until it is settled: ${why}`;
}

function describeCredits({ creditType, team }: Inputs): string {
  return creditsFor(
    isUnknown(creditType) ? undefined : (creditType as CreditType),
    isUnknown(team) ? "(not known before the update)" : (team as string | undefined),
  );
}
