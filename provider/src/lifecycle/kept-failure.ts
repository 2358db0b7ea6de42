import type { Inputs } from "./inputs";

/**
 * The one shape in which an attempt that did not buy, or may have, is kept: Pulumi calls it a partial failure.
 * The engine saves `properties` as the resource's outputs under `id` and shows `reasons`, and the next update
 * calls `update`, never `create`.
 *
 * `properties` must be complete, `__provider` included, and hold nothing but JSON: otherwise the engine wipes the
 * outputs, or the call never ends, and the record of a charge is lost.
 */
export class KeptFailure extends Error {
  override readonly name = "KeptFailure";
  readonly properties: Inputs;
  readonly reasons: string[];

  constructor(
    readonly id: string,
    properties: Inputs,
    reason: string,
  ) {
    super(reason);
    this.properties = bounded(asJson(properties));
    this.reasons = [reason];
  }
}

/**
 * A failure travels to the engine in a header of the answer, and 64 KiB is a common bound for those: over it the
 * whole call fails, and the record is lost. A documented answer is under 4 KiB.
 */
const LARGEST_ANSWER = 32 * 1024;

function bounded(outputs: Inputs): Inputs {
  const answer = JSON.stringify(outputs.answer) ?? "";
  return answer.length > LARGEST_ANSWER
    ? { ...outputs, answer: { text: answer.slice(0, LARGEST_ANSWER / 2).toWellFormed() } }
    : outputs;
}

/** Only what JSON can hold: the engine can't store anything else, and would lose the outputs over it. */
export function asJson(outputs: Inputs): Inputs {
  return JSON.parse(JSON.stringify(outputs));
}
