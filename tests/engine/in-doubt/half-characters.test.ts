import { NOTHING_CHARGED } from "../../../provider/src/domain/messages";
import { expectReadable, sandboxAndProject, sentencesOf } from "../../support/stack";

/**
 * Text that is cut for a message must not be cut within a character: half of one can't be handed to the engine, whose
 * call would then never end. All the texts that are cut: `tests/process/half-characters.test.ts`.
 */
test("a message of the server that would be cut in the middle of a character: the command ends, and the record is kept", async () => {
  const { sandbox, project } = await sandboxAndProject();
  // A cut at 500 falls between the two halves of the emoji.
  const message = `${"n".repeat(499)}💳 and more`;
  sandbox.misbehave("answer", { status: 400, body: { error: { code: "bad_request", message } } });

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBeNull(); // killed, because it hung
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expectReadable(run);
  const kept = project.outputs();
  expect(kept).toMatchObject({ outcome: "refused" });
  expect(JSON.stringify(kept)).toBe(JSON.stringify(kept).toWellFormed());
  expect(sandbox.requests()).toHaveLength(1);
});
