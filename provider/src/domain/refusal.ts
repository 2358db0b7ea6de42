import { NOTHING_CHARGED } from "./messages";

const NAME = "vercel credits";
const STACK = "stopped; the error of the resource itself says why.";

/** What Pulumi makes of a `Refusal` beside the resource's own error. */
export const REPEATED = `${NAME}: ${STACK}`;

/**
 * A foreseeable problem, found before anything was sent, in words for the person who reads the terminal: what happened,
 * the sentence about money that is true of the purchase, and what to do now.
 *
 * Pulumi prints a refused check, diff or delete twice: once as the resource's own error, and once as
 * `${error}: ${error.stack}` from the provider process. The second is always `REPEATED` here, which that process
 * doesn't print (`lifecycle/index.ts`), so that nobody sees a stack trace or the same paragraph again.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  override readonly stack = STACK;

  constructor(
    readonly what: string,
    readonly firstDo = "",
    sentence = NOTHING_CHARGED,
  ) {
    // Half a character would make the engine's call never end.
    super([what, sentence, firstDo].filter(Boolean).join(" ").toWellFormed());
  }

  override toString(): string {
    return NAME;
  }
}
