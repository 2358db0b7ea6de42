/**
 * Tables that take too long for `npm test`: there, every n-th case is run, so that each kind is; `npm run verify` runs the
 * others. Each has two files of two lines, in `tests/process` and in `tests/verify/process`.
 */
export type Part = "every nth" | "others";

export function partOf<T>(part: Part, n: number, all: readonly T[]): T[] {
  return all.filter((_, at) => (at % n === 0) === (part === "every nth"));
}

/** A test that stands by itself, and not in a table: `npm test` runs it. */
export function single(part: Part): (...given: Parameters<typeof test>) => void {
  return part === "every nth" ? test : () => undefined;
}
