/** A guard of the contract, broken on purpose. */
export interface Mutation {
  /** What is no longer true, in the contract's words. */
  readonly broken: string;
  /** In `provider/src`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** The cheapest test file that must fail, in `tests`: one that `npm test` runs. */
  readonly caughtBy: string;
  /** A pattern for the names of the tests that are run, where the whole file takes long. Default: all of the file. */
  readonly named?: string;
}
