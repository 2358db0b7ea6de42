import { MAYBE_CHARGED, NOTHING_CHARGED } from "../../../provider/src/domain/messages";
import { cutWithin, expectEndsAndKeeps } from "../../support/half-characters";
import { sandboxAndProject, sentencesOf } from "../../support/stack";

describe("a text of the server that would be cut in the middle of a character: the command ends, and the record is kept", () => {
  type Answer = { status: number; body: unknown };
  test.each<[string, Answer, string, string]>([
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
  ])("%s", (_what, answer, outcome, sentence) => expectEndsAndKeeps(answer, outcome, sentence));
});

describe("a text of the program that would be cut in the middle of a character", () => {
  test("the name of a purchase whose card is declined: it is kept as refused", async () => {
    const { sandbox, project } = await sandboxAndProject();
    const name = cutWithin(100);
    project.declare({ name });
    sandbox.misbehave("decline");

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBeNull();
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(project.outputs(name)).toMatchObject({ outcome: "refused" });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each([
    ["adopt", { adopt: `${cutWithin(500)}`.replaceAll(" ", "") }],
    ["creditType", { creditType: cutWithin(100) }],
  ])("%s that is not allowed is refused by name", async (argument, args) => {
    const { sandbox, project } = await sandboxAndProject();
    project.declare({ args });

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBeNull();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(argument);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(sandbox.requests()).toHaveLength(0);
  });
});
