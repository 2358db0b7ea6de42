import { expectReadable, sandboxAndProject, sentencesOf } from "./stack";

/** So long that a cut at `length` falls between the two halves of an emoji. */
export const cutWithin = (length: number) => `${"n".repeat(length - 1)}💳 and more`;

/**
 * Text that is cut for a message must not be cut within a character: half of one can't be handed to the engine, whose
 * call would then never end.
 */
export async function expectEndsAndKeeps(
  answer: { status: number; body: unknown },
  outcome: string,
  sentence: string,
): Promise<void> {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("answer", answer);

  const first = await project.up("--skip-preview");

  expect(first.code).not.toBeNull(); // killed, because it hung
  expect(sentencesOf(first)).toEqual([sentence]);
  expectReadable(first);
  const kept = project.outputs();
  expect(kept).toMatchObject({ outcome });
  expect(JSON.stringify(kept)).toBe(JSON.stringify(kept).toWellFormed());
  expect((await project.up("--skip-preview")).code).not.toBeNull();
  expect(project.outputs()).toEqual(kept);
  expect(sandbox.requests()).toHaveLength(1);
}
