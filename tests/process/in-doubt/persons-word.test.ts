import { BOTH, lose, up } from "../../support/persons-word";
import { CHARGED, NOTHING_CHARGED, sentencesOf } from "../../support/sentences";
import { sandboxAndModel, upCrashingAt } from "../../support/stack";

/** What a person said stays said, whatever becomes of the state; and it is taken only where nothing known is against it. */

describe.each([
  ["adopted", { adopt: "pur_mine" }, CHARGED],
  ["withdrawn", { withdraw: true }, NOTHING_CHARGED],
] as const)("%s before anything was ordered", (outcome, word, sentence) => {
  test.each([
    ["the purchase is lost", BOTH.slice(0, 1)],
    ["both halves are lost", BOTH],
  ])("%s, and the word is removed: nothing is sent, and who said it is named", async (_what, halves) => {
    const { sandbox, project } = await sandboxAndModel();
    expect(await up(project, word)).toMatchObject({ code: 0 });

    lose(project, ...halves);
    const run = await up(project);

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([sentence]);
    expect(run.output).toContain(`recorded by a person's word`);
    expect(run.output).toContain(`has the outcome "${outcome}"`);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("killed before the state has it, and the word is removed: nothing is sent", async () => {
    const { sandbox, project } = await sandboxAndModel();
    project.declare({ args: word });
    await upCrashingAt(project, "before-state");

    const run = await up(project);

    expect(sentencesOf(run)).toEqual([sentence]);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("forgotten on purpose, it is bought when it is declared again", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await up(project, word);
    project.declare();
    await project.destroyUnprotected();

    expect(await up(project)).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(1);
  });
});
