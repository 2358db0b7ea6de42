import type { Outcome } from "../domain/outcome";
import type { Result } from "../domain/result";
import type { Lease } from "./claims";
import type { RecordedArguments, Resolution } from "./records";

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

export function wordOf({ adopted }: Pick<Resolution, "adopted">): PersonsWord {
  return adopted === undefined ? { withdrawn: true } : { adopted };
}

/** The outcome that a person's word is. */
export function outcomeOf(word: PersonsWord): "adopted" | "withdrawn" {
  return "adopted" in word ? "adopted" : "withdrawn";
}

/** A person said in the journal that it was made. */
export function isAdopted(known: Knowledge): boolean {
  return known.kind === "resolved" && "adopted" in known.resolution;
}

/** What came of an order, with what a person said of it: only a charge that is certain outweighs that. */
export function withWord(
  ended: Outcome,
  word: PersonsWord | undefined,
): { readonly outcome: Outcome; readonly settled?: Outcome; readonly adopted?: string } {
  if (word === undefined || ended === "bought") return { outcome: ended };
  return { outcome: outcomeOf(word), settled: ended, ...("adopted" in word && { adopted: word.adopted }) };
}

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
