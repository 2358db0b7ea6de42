import type { Outcome } from "../domain/outcome";
import type { Result } from "../domain/result";
import type { Lease } from "./claims";
import type { RecordedArguments } from "./records";

/**
 * What a journal knows of one order. The first row that fits:
 *
 * | in the journal | knowledge |
 * |---|---|
 * | a completion `bought` | `completed`: it outweighs what a person said meanwhile |
 * | a person's resolution | `resolved` |
 * | a completion | `completed` |
 * | a closing record that proves it | `neverSent`, and it can't be sent any more |
 * | an intent record | `inDoubt`; while its lease runs, another process may be sending |
 * | the opening record of this very order, where it was written | `neverSent`, once it is closed |
 * | anything else: no journal, another one, a copy of it, or it was set back | `nothing` |
 */
export type Knowledge =
  | { readonly kind: "nothing" }
  | ({ readonly kind: "completed"; readonly result: Result } & About)
  | ({ readonly kind: "resolved"; readonly resolution: PersonsWord; readonly settled: Outcome } & About)
  | ({ readonly kind: "inDoubt"; readonly lease?: Lease | undefined } & About)
  | { readonly kind: "neverSent"; readonly isClosed: boolean; readonly isUnneeded?: boolean };

export type PersonsWord = { readonly adopted: string } | { readonly withdrawn: true };

interface About {
  readonly order: string;
  /** What was ordered, as far as a record says so. */
  readonly ordered?: RecordedArguments | undefined;
  /** When its intent record was written. */
  readonly time?: string | undefined;
  /** The ids that Vercel gave. */
  readonly vercelIds: readonly string[];
}

/** The ids that Vercel gave in an answer. */
export function vercelIdsOf({ receipt }: Pick<Result, "receipt">): string[] {
  return [receipt.intentId, receipt.purchaseIntentId].filter((id) => id !== undefined);
}
