/** The contract's three sentences, word for word: written here again, so that a change of ours to one is found. */
export const CHARGED = "The card was charged.";
export const MAYBE_CHARGED = "The card may have been charged.";
export const NOTHING_CHARGED = "Nothing was charged.";
export const SENTENCES: readonly string[] = [CHARGED, MAYBE_CHARGED, NOTHING_CHARGED];

/** What a person reads: of a command, or the error of one call to a provider. */
type Said = { readonly output: string } | { readonly error?: string | undefined };

function textOf(said: Said): string {
  return "output" in said ? said.output : ((said as { error?: string }).error ?? "");
}

/** Which of the three sentences a person has read. */
export function sentencesOf(said: Said): string[] {
  return SENTENCES.filter((sentence) => textOf(said).includes(sentence));
}

export function expectNoStackTrace(said: Said): void {
  expect(textOf(said)).not.toMatch(/^\s+at /m);
}

/** No stack trace, no control characters, and no word that stands for nothing. */
export function expectReadable(said: Said): void {
  expectNoStackTrace(said);
  expect(textOf(said)).not.toMatch(/\p{Cc}(?<![\r\n\t])/u);
  expect(textOf(said)).not.toMatch(/\b(undefined|NaN|\[object Object\])/);
}
