import type { Properties } from "./inputs";

/**
 * The one shape in which an attempt that did not buy, or may have, is kept: Pulumi calls it a partial failure.
 * The engine saves `properties` as the resource's outputs under `id` and shows `reasons`, and the next update
 * calls `update`, never `create`.
 *
 * `properties` must be complete, `__provider` included, and hold nothing but JSON: otherwise the engine wipes the
 * outputs, or the call never ends, and the record of a charge is lost.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly properties: Properties;
  readonly reasons: string[];

  constructor(
    readonly id: string,
    properties: Properties,
    reason: string,
  ) {
    super(reason.toWellFormed());
    this.properties = bounded(asJson(properties));
    this.reasons = [this.message];
  }
}

/**
 * A failure travels to the engine in a header of the answer, and 64 KiB is a common bound for those: over it the
 * whole call fails, and the record is lost. A documented answer is under 4 KiB.
 */
const LARGEST_ANSWER_BYTES = 32 * 1024;

function bounded(outputs: Properties): Properties {
  const answer = Buffer.from(JSON.stringify(outputs.answer) ?? "");
  if (answer.length <= LARGEST_ANSWER_BYTES) return outputs;
  // Half a character at the end becomes the sign for one that can't be read.
  return { ...outputs, answer: { text: answer.subarray(0, LARGEST_ANSWER_BYTES / 2).toString("utf8") } };
}

/**
 * Only what the engine can store: JSON, and whole characters. Half a character in a text would make the engine's call
 * never end, and the record would be lost.
 */
export function asJson(outputs: Properties): Properties {
  return JSON.parse(JSON.stringify(outputs), (_key, value) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );
}
