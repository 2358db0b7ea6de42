import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendLate } from "../../support/late-sender";
import type { ModelledProject } from "../../support/modelled-project";
import {
  CHARGED,
  expectNoStackTrace,
  MAYBE_CHARGED,
  NOTHING_CHARGED,
  sentencesOf,
} from "../../support/sentences";
import {
  journalOf,
  NO_JOURNAL,
  neverSent,
  newModel,
  sandboxAndModel,
  upCrashingAt,
} from "../../support/stack";

describe("the request never left, and the journal has it", () => {
  test("the next up goes on by itself, and its preview says so", async () => {
    const { sandbox, project } = await neverSent(newModel);
    const kept = project.outputs();

    const preview = await project.preview();
    const second = await project.up("--skip-preview");
    const third = await project.up();

    expect(preview.output).toMatch(/🔁 credits: .*never sent/u);
    expect(preview.output).toMatch(/💳 credits: \$100\.00 .* will be charged now\./);
    expect(second.code).toBe(0);
    expect(sentencesOf(second)).toEqual([CHARGED]);
    expect(third.output).toContain("3 unchanged");
    expect(project.outputs()).toMatchObject({ outcome: "bought", attempt: 1 });
    expect(project.outputs()?.__earlierAttempts).toMatchObject([
      { outcome: "notSent", orderId: kept?.orderId },
    ]);
    expect(sandbox.requests()).toHaveLength(1);
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("a changed amount is what the next up buys", async () => {
    const { sandbox, project } = await neverSent(newModel);

    project.declare({ args: { amount: 50 } });
    const next = await project.up();

    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
  });

  test("the caps hold for it as for every purchase", async () => {
    const { project } = await neverSent(newModel);

    project.config("vercelCredits:maxAmount", "50");
    const next = await project.preview();

    expect(next.code).not.toBe(0);
    expect(next.output).toMatch(/credits: .*vercelCredits:maxAmount .*\$50\.00/);
    expect(sentencesOf(next)).toEqual([NOTHING_CHARGED]);
  });

  test("adopted meanwhile, it is not sent any more, also when adopt is removed later", async () => {
    const { sandbox, project } = await neverSent(newModel);
    project.declare({ args: { adopt: "pur_found" } });
    await project.up();

    project.declare({});
    const after = await project.up();

    expect(after.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(0);
  });
});

test.each([
  ["adopt", { adopt: "pur_found" }, "adopted"],
  ["withdraw", { withdraw: true }, "withdrawn"],
])(
  "%s closes an order that was never sent: a process that still has it can't send it",
  async (_what, word, outcome) => {
    const { sandbox, project } = await sandboxAndModel();
    await upCrashingAt(project, "before-intent-record");
    const kept = project.resource("PurchaseOrder");
    project.declare({ args: word });

    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

    expect(project.outputs()).toMatchObject({ outcome });
    expect(await sendLate(journalOf(project), kept?.outputs)).toEqual({ kind: "closed" });
    expect(sandbox.requests()).toHaveLength(0);
  },
);

describe("a journal adds knowledge and nothing else", () => {
  test.each([
    ["off", () => "off"],
    ["another folder", (project: ModelledProject) => join(project.folder, "another")],
  ])("with the journal %s at the next up, everything fails closed", async (_what, place) => {
    const { sandbox, project } = await sandboxAndModel();
    await upCrashingAt(project, "before-state");

    project.env.VERCEL_CREDITS_JOURNAL = place(project);
    const after = await project.up();
    delete project.env.VERCEL_CREDITS_JOURNAL;
    const own = await project.up();

    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE_CHARGED]);
    expect(own.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "bought" });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a journal that lost its records proves nothing", async () => {
    const { sandbox, project } = await neverSent(newModel);

    rmSync(journalOf(project), { recursive: true });
    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(after.output).toContain("set attempt: 2");
    expect(after.output).not.toMatch(/run `pulumi up` again/i);
    expect(sentencesOf(after)).toEqual([NOTHING_CHARGED]);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("an order that was opened without a journal is not spoken for by one", async () => {
    const { sandbox, project } = await neverSent(newModel, NO_JOURNAL);

    delete project.env.VERCEL_CREDITS_JOURNAL;
    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([NOTHING_CHARGED]);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("one that can't be written stops the purchase before anything is sent; mended, a plain up buys", async () => {
    const { sandbox, project } = await sandboxAndModel();
    const folder = join(project.folder, "blocked");
    writeFileSync(folder, "not a folder");
    project.config("vercelCredits:journal", folder);

    const blocked = await project.up();
    rmSync(folder);
    const mended = await project.up();

    expect(blocked.code).not.toBe(0);
    expect(blocked.output).toMatch(/vercelCredits:journal, .*blocked/);
    expect(sentencesOf(blocked)).toEqual([NOTHING_CHARGED]);
    expectNoStackTrace(blocked);
    expect(mended).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a place that is not an absolute path is refused in the preview, by name", async () => {
    const { project } = await sandboxAndModel({ VERCEL_CREDITS_JOURNAL: "journal" });

    const preview = await project.preview();

    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(
      /vercelCredits:journal .* is "journal", but must be a folder as an absolute path/,
    );
    expect(preview.output).toContain(NOTHING_CHARGED);
  });
});

test("what was bought before a kill isn't recorded as something else that the program says by now", async () => {
  const { sandbox, project } = await sandboxAndModel();
  await upCrashingAt(project, "before-state");

  project.declare({ args: { amount: 50 } });
  const changed = await project.up();
  project.declare({});
  const back = await project.up();

  expect(changed.code).not.toBe(0);
  expect(changed.output).toMatch(/credits: .*amount 100 \(pur_.*Set amount back/);
  expect(sentencesOf(changed)).toEqual([CHARGED]);
  expect(changed.output).not.toContain("will be charged");
  expect(back.code).toBe(0);
  expect(project.outputs()).toMatchObject({ outcome: "bought", amount: 100 });
  expect(sandbox.requests()).toHaveLength(1);
});
