/**
 * Some guarantees hold for so many cases that on the real engine all of them take longer than `npm test` may. It runs a
 * selection; `npm run verify` sets TEST_WHOLE and runs them all.
 */
export const IS_WHOLE = process.env.TEST_WHOLE === "true";

/** All cases of a class, or the first ones: those that differ most come first. */
export function sample<T>(count: number, cases: readonly T[]): T[] {
  return cases.slice(0, IS_WHOLE ? undefined : count);
}
