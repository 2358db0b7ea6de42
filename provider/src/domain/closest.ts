/** The one of some words that another was probably meant to be; undefined where none is near. */
export function closest(word: string, words: readonly string[]): string | undefined {
  const all = words.map((one) => ({ one, distance: distance(word.toLowerCase(), one.toLowerCase()) }));
  const [nearest] = all.toSorted((a, b) => a.distance - b.distance);
  return nearest && nearest.distance <= Math.max(2, word.length / 4) ? nearest.one : undefined;
}

/** How many characters have to be added, removed or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
