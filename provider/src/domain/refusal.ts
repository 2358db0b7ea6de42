import { NOTHING_CHARGED } from "./messages";

/**
 * A foreseeable problem, found before anything was sent, in words for the person who reads the terminal: what happened,
 * the sentence about money that is true of the purchase, and what to do now.
 *
 * Pulumi prints a refused check or diff twice: once as the resource's own error, and once as
 * `${error}: ${error.stack}` from the provider process. The second is made a short line of its own here, so that
 * nobody sees a stack trace or the same paragraph again.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  override readonly stack = "stopped; the error of the resource itself says why.";

  constructor(
    readonly what: string,
    readonly firstDo = "",
    sentence = NOTHING_CHARGED,
  ) {
    // Half a character would make the engine's call never end.
    super([what, sentence, firstDo].filter(Boolean).join(" ").toWellFormed());
  }

  override toString(): string {
    return "vercel credits";
  }
}
