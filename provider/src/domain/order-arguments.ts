/** What can be bought. Vercel's page: "Supported credit types are `v0`, `gateway`, and `agent`." */
export const CREDIT_TYPES = ["v0", "gateway", "agent"] as const;
/** One of the credit types. */
export type CreditType = (typeof CREDIT_TYPES)[number];

/** What an order says, once every input is known. */
export interface OrderArguments {
  readonly creditType: CreditType;
  /** Whole credits; 1 credit = 1 US dollar. */
  readonly amount: number;
  /** A slug, or an id `team_...`; without one, Vercel uses the token's own default team. */
  readonly team?: string;
  readonly source: string;
  readonly attempt: number;
  readonly adopt?: string;
  readonly withdraw?: true;
}

/** What `adopt` takes, in a program and on the command line: the id of an intent or invoice. No option begins like one. */
export const PURCHASE_ID = /^[^\s\p{C}-][^\s\p{C}]{0,199}$/u;

/** As Vercel calls them to people. */
export const CREDIT_NAMES: Record<CreditType, string> = { gateway: "AI Gateway", v0: "v0", agent: "Agent" };

/** `AI Gateway credits for team acme`; of a type that isn't known yet, `credits for team acme`. */
export function creditsFor(creditType: CreditType | undefined, team: string | undefined): string {
  const credits = creditType === undefined ? "credits" : `${CREDIT_NAMES[creditType]} credits`;
  return `${credits} for ${team === undefined ? "the token's own default team" : `team ${team}`}`;
}

/**
 * Outputs that repeat or betray arguments: secret in the state as soon as one argument is. The engine marks an output
 * where the input of the same name is secret, so the program declares each of these as a secret null, and it stays
 * an input.
 */
export const TELLING = [
  ...["summary", "reason", "answer", "ownerId", "subtotal", "tax", "total", "refund"],
  "__earlierAttempts",
  "__record",
];

/** What was ordered: the arguments that can't be said to have been something else once money may have moved. */
export const FINAL_ARGUMENTS = ["creditType", "amount", "team"] as const;
