import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { NO_JOURNAL, sandboxAndModel } from "../support/stack";

describe("a purchase that is made", () => {
  test("refuses any change of what was bought in the preview, by name, and goes on when it is taken back", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await project.up("--skip-preview");
    const kept = project.outputs();

    const changes = { creditType: "v0", amount: 200, team: "other", attempt: 2, adopt: "pur_other" };
    for (const [name, value] of Object.entries(changes)) {
      project.declare({ args: { [name]: value } });
      for (const run of [await project.preview(), await project.up("--skip-preview")]) {
        expect(run.code).not.toBe(0);
        expect(run.output).toMatch(new RegExp(`credits: .*${name}`));
        expect(sentencesOf(run)).toEqual([CHARGED]);
        expectReadable(run);
      }
      expect(project.outputs()).toEqual(kept);
    }

    project.declare({});
    expect((await project.up("--skip-preview")).output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("refuses a lower attempt", async () => {
    const { sandbox, project } = await sandboxAndModel();
    project.declare({ args: { attempt: 2 } });
    await project.up("--skip-preview");

    project.declare({ args: { attempt: 1 } });
    const preview = await project.preview();

    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain("attempt can't be lowered from 2 to 1.");
    expect(sentencesOf(preview)).toEqual([CHARGED]);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("ignores a change of source", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await project.up("--skip-preview");

    project.declare({ args: { source: "elsewhere" } });

    expect((await project.up()).output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });
});

describe("arguments are free again after a refusal", () => {
  test("without a journal, a changed amount is bought at the next attempt, and not before", async () => {
    const { sandbox, project } = await sandboxAndModel(NO_JOURNAL);
    sandbox.misbehave("decline");
    await project.up("--skip-preview");

    project.declare({ args: { amount: 50 } });
    const same = await project.up();
    project.declare({ args: { amount: 50, attempt: 2 } });
    const next = await project.up();

    expect(same.code).not.toBe(0);
    expect(sentencesOf(same)).toEqual([NOTHING_CHARGED]);
    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("while the outcome is unknown, a changed amount needs a higher attempt", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("cut-before-charge");
    await project.up("--skip-preview");

    project.declare({ args: { amount: 50 } });
    const same = await project.preview();
    project.declare({ args: { amount: 50, attempt: 2 } });
    const next = await project.up();

    expect(same.code).not.toBe(0);
    expect(same.output).toMatch(/credits: .*amount from 100 to 50/);
    expect(sentencesOf(same)).toEqual([MAYBE_CHARGED]);
    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
  });
});

test("adopt at the first up records a purchase made elsewhere, needs no token and sends nothing", async () => {
  const { sandbox, project } = await sandboxAndModel({ VERCEL_API_TOKEN: "" });
  project.declare({ args: { adopt: "in_123" } });

  const run = await project.up();

  expect(run.code).toBe(0);
  expect(run.output).not.toContain("will be charged");
  expect(project.outputs()).toMatchObject({ outcome: "adopted", status: "adopted", intentId: "in_123" });
  expect(sandbox.requests()).toHaveLength(0);
});
