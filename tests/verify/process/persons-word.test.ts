import { BOTH, lose, settle, up } from "../../support/persons-word";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../../support/sentences";
import { sandboxAndModel, upCrashingAt } from "../../support/stack";

/** What a person said stays said, whatever becomes of the state; and it is taken only where nothing known is against it. */

describe("both halves are lost after a person said that it was made", () => {
  test("withdraw is refused", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("cut-after-charge");
    await up(project);
    await up(project, { adopt: "pur_mine" });
    lose(project, ...BOTH);

    const run = await up(project, { withdraw: true });

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
  });

  test("another id than Vercel's is refused", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("pending");
    await up(project);
    await up(project, { adopt: project.outputs()?.intentId });
    lose(project, ...BOTH);

    const run = await up(project, { adopt: "pur_other" });

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("contradicts the id that Vercel gave");
  });
});

test("a withdrawn checkout can still be paid, also where both halves were lost since", async () => {
  const { sandbox, project } = await sandboxAndModel();
  sandbox.misbehave("checkout");
  await up(project);
  await up(project, { withdraw: true });
  lose(project, ...BOTH);

  const run = await up(project, { withdraw: true });

  expect(run).toMatchObject({ code: 0 });
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
});

test("an order that was opened and not used hides none before it: what was adopted in the journal is not withdrawn", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.declare({});
  await upCrashingAt(project, "request-left");
  const first = project.resource("PurchaseOrder")?.outputs.orderId;
  project.declare({ args: { attempt: 2 } });
  await upCrashingAt(project, "before-intent-record");
  await settle(project, first, { adopted: "pur_found" });

  const run = await up(project, { attempt: 2, withdraw: true });

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(sandbox.requests().length).toBeLessThanOrEqual(1);
});

describe("a state of before a later order", () => {
  async function laterInDoubt() {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await up(project);
    const older = project.resources();
    sandbox.misbehave("cut-after-charge");
    await up(project, { attempt: 2 });
    const later = project.outputs()?.orderId;
    project.editState(() => [...older]);
    return { sandbox, project, later };
  }

  test("that is in doubt: adopt is about it only with its attempt", async () => {
    const { sandbox, project, later } = await laterInDoubt();

    const refused = await up(project, { adopt: "pur_found" });
    const taken = await up(project, { adopt: "pur_found", attempt: 2 });

    expect(refused.code).not.toBe(0);
    expect(sentencesOf(refused)).toEqual([MAYBE_CHARGED]);
    expect(refused.output).toContain(`${later} (attempt 2)`);
    expect(taken).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("that is in doubt: withdraw waits until that one is settled", async () => {
    const { sandbox, project, later } = await laterInDoubt();

    const refused = await up(project, { withdraw: true });
    await settle(project, later, { withdrawn: true });
    const taken = await up(project, { withdraw: true });

    expect(refused.code).not.toBe(0);
    expect(sentencesOf(refused)).toEqual([MAYBE_CHARGED]);
    expect(refused.output).toContain(`journal settle ${later} --withdraw`);
    expect(taken).toMatchObject({ code: 0 });
    expect(sentencesOf(taken)).toEqual([NOTHING_CHARGED]);
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("that bought under Vercel's id: another one is refused", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await up(project);
    const older = project.resources();
    await up(project, { attempt: 2 });
    const { intentId } = project.outputs() ?? {};
    project.editState(() => [...older]);

    const run = await up(project, { attempt: 2, adopt: "pur_other" });

    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(run.output).toContain(`adopt: "${intentId}"`);
  });

  test("that is a checkout: it can still be paid, in the preview as later", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await up(project);
    const older = project.resources();
    sandbox.misbehave("checkout");
    await up(project, { attempt: 2 });
    project.editState(() => [...older]);

    project.declare({});
    const preview = await project.preview();
    const run = await up(project);

    for (const one of [preview, run]) expect(sentencesOf(one)).toEqual([MAYBE_CHARGED]);
  });

  test("that was refused: what is on record as a checkout can still be paid", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("checkout");
    await up(project);
    const older = project.resources();
    sandbox.misbehave("decline");
    await up(project, { attempt: 2 });
    project.editState(() => [...older]);

    const run = await up(project, { withdraw: true });

    expect(run).toMatchObject({ code: 0 });
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  });
});
