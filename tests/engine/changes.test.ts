import { NO_JOURNAL, sandboxAndProject, sentencesOf } from "../support/stack";

const CHARGED = "The card was charged.";
const MAYBE = "The card may have been charged.";
const NOTHING = "Nothing was charged.";

describe("a purchase that is made", () => {
  test.each([
    ["creditType", { creditType: "v0" }],
    ["amount", { amount: 200 }],
    ["team", { team: "other" }],
    ["attempt", { attempt: 2 }],
    ["adopt", { adopt: "pur_other" }],
  ])("refuses a change of %s in the preview, by name, and stays as it is", async (name, args) => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();
    const kept = project.outputs();

    project.declare({ args });
    const preview = await project.preview();
    const up = await project.up("--skip-preview");

    for (const run of [preview, up]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(new RegExp(`credits: .*${name}`));
      expect(sentencesOf(run)).toEqual([CHARGED]);
      expect(run.output).not.toMatch(/^\s+at /m);
      expect(run.output).not.toContain("itself says why");
    }
    project.declare({});
    expect((await project.up()).code).toBe(0);
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("refuses a lower attempt", async () => {
    const { sandbox, project } = await sandboxAndProject();
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
    const { sandbox, project } = await sandboxAndProject();
    await project.up();

    project.declare({ args: { source: "elsewhere" } });

    expect((await project.up()).output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("is not bought again under a new name when aliases say what it was called", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();

    project.declare({ name: "renamed", opts: { aliases: [{ name: "credits" }] } });
    const run = await project.up();
    project.declare({ name: "again", opts: { aliases: [project.urn("CreditPurchase", "renamed")] } });
    const second = await project.up();

    expect([run.code, second.code]).toEqual([0, 0]);
    expect(sandbox.requests()).toHaveLength(1);
    expect(project.resource("PurchaseOrder", "again")?.id).toBe(project.outputs("again")?.orderId);
  });
});

describe("arguments are free again after a refusal", () => {
  test("without a journal, a changed amount is bought at the next attempt, and not before", async () => {
    const { sandbox, project } = await sandboxAndProject(NO_JOURNAL);
    sandbox.misbehave("decline");
    await project.up();

    project.declare({ args: { amount: 50 } });
    const same = await project.up();
    project.declare({ args: { amount: 50, attempt: 2 } });
    const next = await project.up();

    expect(same.code).not.toBe(0);
    expect(sentencesOf(same)).toEqual([NOTHING]);
    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("while the outcome is unknown, a changed amount needs a higher attempt", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("cut-before-charge");
    await project.up();

    project.declare({ args: { amount: 50 } });
    const same = await project.preview();
    project.declare({ args: { amount: 50, attempt: 2 } });
    const next = await project.up();

    expect(same.code).not.toBe(0);
    expect(same.output).toMatch(/credits: .*amount from 100 to 50/);
    expect(sentencesOf(same)).toEqual([MAYBE]);
    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
  });
});

test("adopt at the first up records a purchase made elsewhere, needs no token and sends nothing", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_API_TOKEN: "" });
  project.declare({ args: { adopt: "in_123" } });

  const run = await project.up();

  expect(run.code).toBe(0);
  expect(run.output).not.toContain("will be charged");
  expect(project.outputs()).toMatchObject({
    outcome: "adopted",
    status: "adopted",
    intentId: "in_123",
  });
  expect(sandbox.requests()).toHaveLength(0);
});

describe("options that could buy twice are refused by name, without a stack trace", () => {
  test.each([
    ["replaceOnChanges", { replaceOnChanges: ["amount"] }],
    ["replaceWith", { replaceWith: [] }],
    ["replacementTrigger", { replacementTrigger: 1 }],
    ["deleteBeforeReplace", { deleteBeforeReplace: true }],
    ["deletedWith", { deletedWith: {} }],
    ["import", { import: "pur_1" }],
    ["id", { id: "pur_1" }],
    ["hooks.onError", { hooks: { onError: [] } }],
  ])("%s", async (option, opts) => {
    const { sandbox, project } = await sandboxAndProject();
    project.declare({ opts });

    const run = await project.preview();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain(`does not take the option ${option}`);
    expect(run.output).not.toMatch(/^\s+at /m);
    expect(sandbox.requests()).toHaveLength(0);
  });
});

describe("leaving", () => {
  test("destroy is stopped by protect; unprotected, it forgets the purchase and says that nothing is refunded", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();

    const stopped = await project.run("destroy", "--yes");
    const forgotten = await project.destroyUnprotected();

    expect(stopped.code).not.toBe(0);
    expect(stopped.output).toContain("protected");
    expect(forgotten.code).toBe(0);
    expect(forgotten.output).toContain("The card was charged. The credits stay, and nothing is refunded.");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a purchase whose outcome is unknown is not forgotten", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("cut-after-charge");
    await project.up();

    const run = await project.destroyUnprotected();

    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/not forgotten.*adopt/);
    expect(sentencesOf(run)).toEqual([MAYBE]);
    expect(run.output).not.toMatch(/^\s+at /m);
    expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  });

  test.each(["refresh --yes", "refresh --yes --run-program"])("%s changes nothing", async (command) => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("cut-after-charge");
    await project.up();
    const kept = project.outputs();

    expect((await project.run(...command.split(" "))).code).toBe(0);
    expect(project.outputs()).toEqual(kept);
    expect((await project.up()).code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });
});
