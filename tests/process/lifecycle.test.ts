import type { Fault } from "pulumi-vercel-credits/sandbox";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

/** The guards that stand between the record of a purchase and another request, each by what it is there for. */

async function after(fault: Fault | undefined, env: Record<string, string> = {}) {
  const both = await sandboxAndModel(env);
  if (fault !== undefined) both.sandbox.misbehave(fault);
  await both.project.up("--skip-preview");
  return both;
}

/** As `pulumi state delete` does. */
const without = (half: string) => (all: { urn: string }[]) =>
  all.filter(({ urn }) => !urn.includes(`:${half}::`));

test("an attempt in doubt is kept with every argument, and with what later runs need", async () => {
  const { project } = await after("cut-after-charge");

  expect(project.outputs()).toMatchObject({
    ...{ creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
    ...{ outcome: "unknown", status: "unknown", summary: expect.any(String), reason: expect.any(String) },
    ...{ orderId: project.resource("CreditPurchase")?.id, __provider: expect.any(String) },
    __record: { order: { orderId: project.resource("CreditPurchase")?.id } },
  });
});

test.each<[Fault | undefined, string, string]>([
  [undefined, "forgets", CHARGED],
  ["cut-after-charge", "refuses", MAYBE_CHARGED],
])("a destroy after %s %s", async (fault, verdict, sentence) => {
  const { project, sandbox } = await after(fault);

  const run = await project.destroyUnprotected();

  expect(run.code === 0 ? "forgets" : "refuses").toBe(verdict);
  expect(sentencesOf(run)).toEqual([sentence]);
  expect(project.resources()).toHaveLength(verdict === "forgets" ? 0 : 2);
  expect(sandbox.requests()).toHaveLength(1);
});

test("an order is not deleted while nobody knows whether its purchase bought", async () => {
  const { project } = await after("cut-after-charge");
  project.editState(without("CreditPurchase") as never);

  const run = await project.destroyUnprotected();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("pulumi state delete");
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(project.resource("PurchaseOrder")).toBeDefined();
});

test("what failed fails the same way, and a new order is no permission to send it again", async () => {
  const { project, sandbox } = await after("cut-after-charge");
  project.editState(without("PurchaseOrder") as never);

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});

test("without a journal, a higher attempt under a new order may have been used already, and is in doubt", async () => {
  const { project, sandbox } = await after("cut-after-charge", { VERCEL_CREDITS_JOURNAL: "off" });
  project.editState(without("PurchaseOrder") as never);
  project.declare({ args: { attempt: 2 } });

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});

test("a purchase that lost its record, and one whose state is lost, is claimed in the journal: nothing is sent", async () => {
  const { project, sandbox } = await after(undefined);
  project.editState(() => []);

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});

test("a charge that the journal has is recorded, and stops the higher attempt that was set meanwhile", async () => {
  const { sandbox, project } = await sandboxAndModel({ VERCEL_CREDITS_CRASH_AT: "before-state" });
  await project.up("--skip-preview");
  delete project.env.VERCEL_CREDITS_CRASH_AT;
  project.declare({ args: { attempt: 2 } });

  const run = await project.up("--skip-preview");

  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(project.outputs()).toMatchObject({ outcome: "bought", attempt: 1 });
  expect(sandbox.requests()).toHaveLength(1);
});

test.each([
  ["read", "/dev/null/journal"],
  ["written", "/sys/journal"],
])("a journal that can't be %s stops what would open an order: nothing is sent", async (_what, folder) => {
  const { project, sandbox } = await sandboxAndModel({ VERCEL_CREDITS_JOURNAL: folder });

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expect(project.resources()).toEqual([]);
  expect(sandbox.requests()).toHaveLength(0);
});

test("the sum of an update over its cap is refused in the preview, and nothing is sent in the update", async () => {
  const { project, sandbox } = await sandboxAndModel();
  project.config("vercelCredits:maxAmountPerUpdate", "150");
  project.declare({ name: "one" }, { name: "other" });

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("vercelCredits:maxAmountPerUpdate allows $150.00");
  }
  expect(sandbox.charges().length).toBeLessThan(2);
});

test("a preview sends nothing", async () => {
  const { project, sandbox } = await sandboxAndModel();

  expect((await project.preview()).output).toContain("$100.00");
  expect(sandbox.requests()).toHaveLength(0);
});

test("what was made at a sandbox stops where Vercel's address is configured", async () => {
  const { project } = await after(undefined);
  project.env.VERCEL_API_URL = "https://vercel.invalid";

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("and not at Vercel");
});

test("withdraw is refused where the journal knows that it was bought", async () => {
  const { sandbox, project } = await sandboxAndModel({ VERCEL_CREDITS_CRASH_AT: "before-state" });
  await project.up("--skip-preview");
  delete project.env.VERCEL_CREDITS_CRASH_AT;
  project.declare({ args: { withdraw: true } });

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});
