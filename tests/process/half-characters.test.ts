import { expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

/**
 * Text that is cut for a message must not be cut within a character: half of one can't be handed to the engine, whose
 * call would then never end. `ProviderProcess` sees to it that none is.
 */

/** So long that a cut at `length` falls between the two halves of an emoji. */
const cutWithin = (length: number) => `${"n".repeat(length - 1)}💳 and more`;

describe("a text of the server that would be cut in the middle of a character: the command ends, and the record is kept", () => {
  type Answer = { status: number; body: unknown };
  test.each<[string, Answer, string, string]>([
    [
      "the message of a refusal",
      { status: 400, body: { error: { code: "bad_request", message: cutWithin(500) } } },
      "refused",
      NOTHING_CHARGED,
    ],
    [
      "the code of an error",
      { status: 409, body: { error: { code: cutWithin(500), message: "No." } } },
      "unknown",
      MAYBE_CHARGED,
    ],
    [
      "the id of an intent that failed",
      { status: 200, body: { purchaseIntent: { id: cutWithin(500), status: "failed" } } },
      "failed",
      NOTHING_CHARGED,
    ],
    [
      "the status of an intent",
      { status: 200, body: { purchaseIntent: { id: "pur_1", status: cutWithin(500) } } },
      "pending",
      MAYBE_CHARGED,
    ],
    [
      "a text that ends in half a character already",
      {
        status: 400,
        body: `{"error":{"code":"bad_request","message":"half a card: \\ud83d","half \\udcb3":"\\udcb3"}}`,
      },
      "refused",
      NOTHING_CHARGED,
    ],
    // Of an answer that is no JSON object, a part of its text is kept.
    ["a long block page", { status: 403, body: cutWithin(16 * 1024) }, "unknown", MAYBE_CHARGED],
  ])("%s", async (_what, answer, outcome, sentence) => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("answer", answer);

    const first = await project.up("--skip-preview");

    expect(sentencesOf(first)).toEqual([sentence]);
    expectReadable(first);
    const kept = project.outputs();
    expect(kept).toMatchObject({ outcome });
    expect(JSON.stringify(kept)).toBe(JSON.stringify(kept).toWellFormed());
    await project.up("--skip-preview");
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(1);
  });
});

describe("a text of the program that would be cut in the middle of a character", () => {
  test("the name of a purchase whose card is declined: it is kept as refused", async () => {
    const { sandbox, project } = await sandboxAndModel();
    const name = cutWithin(100);
    project.declare({ name });
    sandbox.misbehave("decline");

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(project.outputs(name)).toMatchObject({ outcome: "refused" });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each([
    ["adopt", { adopt: `${cutWithin(500)}`.replaceAll(" ", "") }],
    ["creditType", { creditType: cutWithin(100) }],
  ])("%s that is not allowed is refused by name", async (argument, args) => {
    const { sandbox, project } = await sandboxAndModel();
    project.declare({ args });

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBe(0);
    expect(run.output).toContain(argument);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(sandbox.requests()).toHaveLength(0);
  });
});
