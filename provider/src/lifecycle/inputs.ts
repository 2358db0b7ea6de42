import { inspect } from "node:util";
import { z } from "zod";
import type { Snapshot } from "../domain/balance-snapshot";
import { printable } from "../domain/messages";
import { CREDIT_TYPES, type OrderArguments, PURCHASE_ID, TELLING } from "../domain/order-arguments";
import { type OrderReference, openingsOf, orderJournalSchema } from "../state/order-reference";

/** What the engine passes for a value that is known only during the update. It is never coerced. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9" as Unknown;
export type Unknown = string & { readonly __brand: "known only during the update" };

export function isUnknown(value: unknown): value is Unknown {
  return value === UNKNOWN;
}

/** What the engine hands over and takes back: arguments and outputs by name. */
export type Properties = Record<string, unknown>;

/** The arguments as the program says them. In a preview some may be known only during the update. */
export type Declared = { readonly [K in keyof OrderArguments]: OrderArguments[K] | Unknown };

/** What a program declares, of an order or of its purchase. */
export interface Declaration {
  /** The purchase's name in the program, for messages. */
  readonly name: string;
  readonly arguments: Declared;
  /** What is wrong with an argument, for whoever wrote the program. `property` is the argument. */
  readonly problems: readonly {
    readonly property: string;
    readonly what: string;
    /** Where that is more than to change it. */
    readonly firstDo?: string;
  }[];
  /** Which purchase it is, as the program computes it. Absent in programs with an earlier version of this package. */
  readonly resource: { readonly organization: string; readonly urn: string } | undefined;
  /** The team came from the configuration or the environment. */
  readonly teamIsDefault: boolean;
  /** An argument is secret; which one is not told. */
  readonly isSecret: boolean;
  readonly isPreview: boolean;
  /** The address that is configured, where it is one of this machine; of a purchase alone. */
  readonly sandbox: string | undefined;
}

/** What a program declares of a purchase: the same, and what its order says. */
export interface PurchaseDeclaration extends Declaration {
  readonly orderId: string | Unknown;
  /** The orders that were opened for it, oldest first; the last is the one it would be made under. */
  readonly openings: readonly OrderReference[];
  /** The balance when the order was opened. */
  readonly balance: Snapshot | undefined;
}

/** What the state has of an order. */
export interface OrderState {
  readonly orderId: string;
  readonly attempt: number;
  readonly openings: readonly OrderReference[];
  readonly properties: Properties;
}

const WHOLE_NUMBER = "must be a whole number, 1 or more";

const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

const argumentSchemas = {
  creditType: z.enum(CREDIT_TYPES, { error: 'must be one of "v0", "gateway" and "agent"' }),
  amount: z.int({ error: `${WHOLE_NUMBER} (1 credit = 1 US dollar)` }).min(1),
  team: text(/^[^\s\p{C}]+$/u, "must be a team's slug or id (team_...), without spaces").optional(),
  source: text(/^\P{Cs}+$/su, "must be a text that is not empty"),
  attempt: z.int({ error: WHOLE_NUMBER }).min(1),
  adopt: text(
    PURCHASE_ID,
    "must be the id of an intent or invoice (such as pur_...), without spaces",
  ).optional(),
  withdraw: z.literal(true, { error: "must be true, or left out" }).optional(),
} satisfies Record<keyof OrderArguments, z.ZodType>;

// Made once: a schema is compiled when it is first used.
const argumentsSchema = z.object(argumentSchemas);

export const ARGUMENTS = Object.keys(argumentSchemas) as (keyof OrderArguments)[];

const DEFAULTS = { source: "pulumi", attempt: 1 };

/** What this package adds to the arguments, and what an earlier check returned: `ignoreChanges` hands it back. */
const OURS = new Set([
  ...[
    "__label",
    "__journal",
    "__provider",
    "__resource",
    "__teamIsDefault",
    "__forecast",
    "__sandbox",
    "onRecord",
  ],
  ...["orderId", "summary", ...ARGUMENTS],
]);

const ownSchema = z.looseObject({
  __label: z.string().optional().catch(undefined),
  __resource: z.object({ organization: z.string(), urn: z.string() }).optional().catch(undefined),
  __teamIsDefault: z.boolean().optional().catch(undefined),
  __preview: z.boolean().optional().catch(undefined),
  __sandbox: z.string().optional().catch(undefined),
});

/** Reads what a program declares, and checks every argument that is known already. */
export function readDeclaration(news: Properties): Declaration {
  const given: Properties = { ...DEFAULTS, ...news };
  const own = ownSchema.parse(given);
  const isSecret = TELLING.some((key) => given[key] === null);
  return {
    name: printable(own.__label ?? "this purchase", 100),
    arguments: Object.fromEntries(
      ARGUMENTS.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
    ) as unknown as Declared,
    problems: problemsOf(given, isSecret),
    resource: own.__resource,
    teamIsDefault: own.__teamIsDefault === true,
    isSecret,
    isPreview: own.__preview === true,
    sandbox: own.__sandbox,
  };
}

export function readPurchaseDeclaration(news: Properties): PurchaseDeclaration {
  const orderId = typeof news.orderId === "string" ? news.orderId : UNKNOWN;
  const isLater = isUnknown(orderId) || isUnknown(news.__journal);
  return {
    ...readDeclaration(news),
    orderId: orderId as string | Unknown,
    openings: isLater ? [] : openingsOf(news.__journal, { orderId, attempt: news.attempt }),
    balance: balanceSchema.safeParse(news.__journal).data?.balance,
  };
}

export function readOrder(olds: Properties): OrderState {
  const { orderId, attempt, __journal } = olds;
  return {
    orderId: String(orderId),
    attempt: typeof attempt === "number" ? attempt : 1,
    openings: openingsOf(__journal, { orderId, attempt }),
    properties: olds,
  };
}

/** What to do about an argument that says how a purchase ended. */
const FIX: { readonly [A in keyof OrderArguments]?: string } = {
  adopt: "Set adopt to the id that the team's billing page shows for the purchase, or remove it.",
  withdraw: "Set withdraw: true where it was not made and isn't wanted any more, else remove it.",
};

/** Version 0.1 kept it in the same place, beside other things. */
const balanceSchema = orderJournalSchema.pick({ balance: true });

function problemsOf(given: Properties, isSecret: boolean): Declaration["problems"] {
  const wrong = ARGUMENTS.flatMap((property) => {
    const value = given[property];
    if (isUnknown(value)) return [];
    const parsed = argumentSchemas[property].safeParse(value);
    if (parsed.success) return [];
    const is = value === undefined ? "it is missing" : `it is ${shown(value, isSecret)}`;
    const firstDo = FIX[property];
    const what = `${property} ${parsed.error.issues[0]?.message}; ${is}`;
    return [{ property, what, ...(firstDo !== undefined && { firstDo }) }];
  });
  const unknown = Object.entries(given)
    .filter(
      ([key, value]) => !OURS.has(key) && key !== "__preview" && !(value === null && TELLING.includes(key)),
    )
    .map(([property]) => ({
      property,
      what: `${property} is not an argument of CreditPurchase, which takes ${ARGUMENTS.join(", ")}`,
      firstDo: `Remove ${printable(property, 100)}.`,
    }));
  const { adopt, withdraw } = given;
  const both = adopt !== undefined && withdraw !== undefined;
  const contradiction = both
    ? [
        {
          property: "withdraw",
          what: "withdraw says that it was not made, and adopt that it was",
          firstDo: "Remove one of them.",
        },
      ]
    : [];
  return [...wrong, ...unknown, ...contradiction];
}

/** As the program may have written it: JSON knows no NaN, Infinity or -0. */
function shown(value: unknown, isSecret: boolean): string {
  if (isSecret) return "secret, so it is not shown";
  return printable(typeof value === "number" ? inspect(value) : (JSON.stringify(value) ?? "?"), 100);
}

/** Whether the program's word is that the purchase was made, or is not wanted: then nothing is sent. */
export function isPersonsWord({ adopt, withdraw }: Declared): boolean {
  return [adopt, withdraw].some((word) => word !== undefined && !isUnknown(word));
}

/** The arguments in an update, where everything is known and was checked. */
export function knownArguments({ arguments: args }: Declaration): OrderArguments {
  return argumentsSchema.parse(args) as OrderArguments;
}

export function knownOr<T>(value: T | Unknown | undefined): T | undefined {
  return isUnknown(value) ? undefined : value;
}

/** The inputs as outputs repeat them: less what stays with them, and the marks of `TELLING`. */
export function repeated({
  __journal,
  __preview,
  __forecast,
  __sandbox,
  onRecord,
  ...inputs
}: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
}
