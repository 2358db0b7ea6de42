import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { command } from "../../support/command";
import type { ModelledProject } from "../../support/modelled-project";
import { CHARGED, expectReadable, sentencesOf } from "../../support/sentences";
import { sandboxAndModel, upCrashingAt } from "../../support/stack";

/** A person's word that was given to the journal, and not to the program, is kept by what the program does next. */
async function settle(project: ModelledProject, ...word: string[]): Promise<void> {
  const orderId = `${project.resource("PurchaseOrder")?.outputs.orderId}`;
  const settled = await command(["journal", "settle", orderId, ...word], project.env, project.folder);
  expect(settled).toMatchObject({ status: 0 });
}

/** A purchase that came to something, and a person's word about it. */
async function settledAfter(fault: Parameters<Sandbox["misbehave"]>[0], ...word: string[]) {
  const both = await sandboxAndModel();
  both.sandbox.misbehave(fault);
  await both.project.up("--skip-preview");
  await settle(both.project, ...word);
  return both;
}

describe("what a person has adopted in the journal is not bought by a higher attempt", () => {
  test.each([
    ["a purchase in doubt", "cut-after-charge"],
    ["an open checkout", "checkout"],
  ] as const)("%s", async (_what, fault) => {
    const { sandbox, project } = await settledAfter(fault, "--adopt", "pur_found");

    project.declare({ args: { attempt: 2 } });
    const preview = await project.preview();
    const run = await project.up("--skip-preview");
    const again = await project.up("--skip-preview");
    project.declare({});
    const back = await project.up("--skip-preview");

    expect(preview.output).toMatch(/📎 credits: nothing will be sent; it is recorded as adopted/);
    expect(preview.output).not.toContain("💳");
    expect(run.code).toBe(0);
    expect(run.output).toContain("So attempt 2 was not used; set attempt back to 1.");
    expect(again.output).toMatch(/attempt can't be raised to 2.*adopted \(pur_found\)/);
    for (const one of [run, again]) {
      expect(sentencesOf(one)).toEqual([CHARGED]);
      expectReadable(one);
    }
    expect(back.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId: "pur_found", attempt: 1 });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a first try that was cut short", async () => {
    const { sandbox, project } = await sandboxAndModel();
    await upCrashingAt(project, "request-left");
    await settle(project, "--adopt", "pur_found");

    project.declare({ args: { attempt: 2 } });
    const run = await project.up("--skip-preview");

    expect(run.code).toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId: "pur_found", attempt: 1 });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a higher attempt that was cut short", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await project.up("--skip-preview");
    project.declare({ args: { attempt: 2 } });
    await upCrashingAt(project, "request-left");
    await settle(project, "--adopt", "pur_found");

    project.declare({ args: { attempt: 3 } });
    const run = await project.up("--skip-preview");

    expect(run.code).toBe(0);
    expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId: "pur_found", attempt: 2 });
    expect(sandbox.requests()).toHaveLength(2);
  });
});

test("what a person has adopted in the journal after a refusal is recorded, and destroyed as what was charged", async () => {
  const { sandbox, project } = await settledAfter("decline", "--adopt", "pur_found");

  const run = await project.up();
  const destroyed = await project.destroyUnprotected();

  expect(run.code).toBe(0);
  expect(run.output).toContain(
    `credits: recorded as adopted, as a person said in the journal. This run sent nothing. ${CHARGED}`,
  );
  expect(destroyed.output).toContain(`credits: forgotten (adopted, pur_found). ${CHARGED}`);
  expect(sandbox.requests()).toHaveLength(1);
});

test("destroy says what a person has adopted in the journal", async () => {
  const { project } = await settledAfter("decline", "--adopt", "pur_found");

  const destroyed = await project.destroyUnprotected();

  expect(destroyed.code).toBe(0);
  expect(sentencesOf(destroyed)).toEqual([CHARGED]);
});

describe("a checkout that was settled in the journal", () => {
  test("is recorded as withdrawn by the next update", async () => {
    const { sandbox, project } = await settledAfter("checkout", "--withdraw");

    const run = await project.up();

    expect(run.code).toBe(0);
    expect(run.output).toContain("recorded as withdrawn");
    expect(project.outputs()).toMatchObject({ outcome: "withdrawn" });
    project.declare({ args: { attempt: 2 } });
    expect((await project.preview()).output).toContain("The old checkout session can still be paid");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("can be destroyed", async () => {
    const { project } = await settledAfter("checkout", "--withdraw");

    const run = await project.destroyUnprotected();

    expect(run.output).toContain("forgotten (withdrawn");
    expect(run.code).toBe(0);
    expect(project.resource("PurchaseOrder")).toBeUndefined();
  });
});

test("withdraw in the program doesn't overrule what was adopted in the journal after a request left", async () => {
  const { project } = await settledAfter("cut-after-charge", "--adopt", "pur_found");

  project.declare({ args: { withdraw: true } });
  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(run.output).toContain("Remove withdraw");
  expectReadable(run);
});

test("a purchase that was withdrawn, wanted again, and cut short can be withdrawn again", async () => {
  const { sandbox, project } = await sandboxAndModel();
  sandbox.misbehave("cut-before-charge");
  await project.up("--skip-preview");
  project.declare({ args: { withdraw: true } });
  await project.up("--skip-preview");
  project.declare({ args: { attempt: 2 } });
  await upCrashingAt(project, "request-left");
  project.declare({});
  const back = await project.up("--skip-preview");

  project.declare({ args: { attempt: 2, withdraw: true } });
  const withdrawn = await project.up("--skip-preview");
  const again = await project.up();

  expect(back.output).toContain("set attempt: 3 to buy it again");
  expect(withdrawn.output).toContain("recorded as withdrawn");
  expect(withdrawn.code).toBe(0);
  expect(again.output).toMatch(/4 unchanged|3 unchanged/);
  expect(project.outputs()).toMatchObject({ outcome: "withdrawn", attempt: 2 });
  expect(sandbox.requests()).toHaveLength(2);
});
