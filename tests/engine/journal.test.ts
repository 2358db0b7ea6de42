import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { Project } from "../support/project.mts";
import {
  ended,
  killProvider,
  NO_JOURNAL,
  newProject,
  providerOf,
  sandboxAndProject,
  sandboxLater,
  sentencesOf,
  watched,
  whenRequested,
} from "../support/stack";

const CHARGED = "The card was charged.";
const MAYBE = "The card may have been charged.";
const NOTHING = "Nothing was charged.";

const JOURNAL = "home/vercel-credits/journal";

function records(project: Project): string[] {
  return readdirSync(join(project.folder, JOURNAL)).sort();
}

/** An update whose command line alone is killed while the request is under way. Its provider process goes on. */
async function killedWhileBuying(project: Project, sandbox: Sandbox, milliseconds = 1000): Promise<number> {
  // The answer must still be out when the command line is killed.
  sandbox.misbehave("slow", { milliseconds });
  const run = project.start("up", "--yes");
  let provider = 0;
  await whenRequested(sandbox, () => {
    provider = providerOf(project);
    project.killAlone(run.process);
  });
  await run.ended;
  await project.unlock();
  return provider;
}

/** A purchase whose request never left: nobody listened. `open` lets a sandbox listen where it would have gone. */
async function notSent(env: Record<string, string> = {}) {
  const { url, open } = await sandboxLater();
  // Its preflight check would stop it before anything is kept.
  const project = await newProject({ VERCEL_API_URL: url, ...env });
  project.config("vercelCredits:preflight", "off");
  project.declare({});
  const run = await project.up("--skip-preview");
  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([NOTHING]);
  expect(project.outputs()).toMatchObject({ outcome: "notSent", status: "notSent" });
  return { project, sandbox: await open() };
}

describe("the command line was killed while the purchase was being made", () => {
  test("its provider process finishes the request, writes its completion, and ends by itself", async () => {
    const { sandbox, project } = await watched();

    const provider = await killedWhileBuying(project, sandbox);

    expect(await ended(provider)).toBe(true);
    expect(records(project)).toEqual([
      expect.stringMatching(/^intent\..*\.1\.json$/),
      "journal.1.json",
      expect.stringMatching(/^opening\..*\.000001\.json$/),
      expect.stringMatching(/^order_.*\.completion\.json$/),
    ]);
  });

  test("the next up takes the purchase over, as if nothing had happened, and sends nothing", async () => {
    const { sandbox, project } = await watched();
    await ended(await killedWhileBuying(project, sandbox));

    const preview = await project.preview();
    const after = await project.up("--skip-preview");
    const again = await project.up();

    expect(preview.output).toMatch(/credits: nothing will be bought; .*from the journal.*\$100\.00 .*\(pur_/);
    expect(preview.output).not.toContain("will be charged");
    expect(after.code).toBe(0);
    for (const run of [preview, after]) expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(project.outputs()).toMatchObject({
      outcome: "bought",
      status: "succeeded",
      intentId: sandbox.charges()[0]?.intentId,
      total: "100.00",
      answer: { purchaseIntent: expect.anything() },
    });
    expect(project.outputs()?.orderId).toBe(project.resource("PurchaseOrder")?.outputs.orderId);
    expect(again.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a higher attempt buys nothing where the first turns out to have bought, and says so", async () => {
    const { sandbox, project } = await watched();
    await killedWhileBuying(project, sandbox, 3000);

    project.declare({ args: { attempt: 2 } });
    const raised = await project.up("--skip-preview");
    const preview = await project.preview();

    expect(raised.code).toBe(0);
    expect(raised.output).toMatch(/credits: .*attempt 2 was not used.*attempt back to 1/);
    expect(project.outputs()).toMatchObject({
      outcome: "bought",
      attempt: 1,
      intentId: sandbox.charges()[0]?.intentId,
    });
    // From now on it is on this state's own record, so a higher attempt is refused.
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/credits: attempt /);
    for (const run of [raised, preview]) expect(sentencesOf(run)).toEqual([CHARGED]);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("what was bought isn't recorded as something else that the program says by now", async () => {
    const { sandbox, project } = await watched();
    await ended(await killedWhileBuying(project, sandbox));

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

  test("a purchase that was still waiting its turn is not sent for nobody, and is bought by the next up", async () => {
    const { sandbox, project } = await watched();
    project.declare({ name: "a" }, { name: "b" }, { name: "c" });

    await ended(await killedWhileBuying(project, sandbox));
    expect(sandbox.requests()).toHaveLength(1);
    const preview = await project.preview();
    const after = await project.up("--skip-preview");

    const promised = preview.output.matchAll(/💳 ([abc]): .* will be charged now/g);
    expect(new Set([...promised].map(([, name]) => name)).size).toBe(2);
    expect(after.code).toBe(0);
    expect(["a", "b", "c"].map((name) => project.outputs(name)?.outcome)).toEqual(Array(3).fill("bought"));
    expect(sandbox.charges()).toHaveLength(3);
  });
});

describe("the provider process was killed", () => {
  test("while the request was under way: nobody knows, so nothing is sent until a person settles it", async () => {
    const { sandbox, project } = await watched();
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenRequested(sandbox, () => killProvider(project));
    await run.ended;

    const preview = await project.preview();
    const after = await project.up("--skip-preview");
    project.declare({ args: { adopt: sandbox.charges()[0]?.intentId } });
    const adopted = await project.up();

    expect(preview.output).toContain("nothing will be bought, and `pulumi up` will fail");
    expect(preview.output).not.toContain("will be charged");
    expect(after.code).not.toBe(0);
    expect(after.output).toMatch(/credits: .*adopt.*attempt: 2/);
    for (const run of [preview, after]) expect(sentencesOf(run)).toEqual([MAYBE]);
    expect(adopted.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "adopted" });
    expect(records(project)).toContainEqual(expect.stringMatching(/^order_.*\.resolution\.1\.json$/));
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("before its request left: provably never sent, so the next up goes on by itself", async () => {
    const { sandbox, project } = await watched();
    project.declare({ name: "a" }, { name: "b" });
    sandbox.misbehave("never-answer");
    const run = project.start("up", "--yes");
    await whenRequested(sandbox, () => killProvider(project));
    await run.ended;
    const [charge] = sandbox.charges();

    const after = await project.up("--continue-on-error");

    expect(after.code).not.toBe(0);
    expect(sandbox.charges()).toHaveLength(2);
    const bought = ["a", "b"].filter((name) => project.outputs(name)?.outcome === "bought");
    expect(bought).toHaveLength(1);
    expect(project.outputs(bought[0])?.intentId).not.toBe(charge?.intentId);
  });
});

test("a higher attempt that is taken back buys nothing, though its order was opened", async () => {
  const { sandbox, project } = await sandboxAndProject();
  sandbox.misbehave("cut-after-charge");
  await project.up();
  project.declare({ args: { attempt: 2 } });
  await project.up("--target", project.urn("PurchaseOrder"));

  project.declare({ args: { attempt: 1 } });
  const preview = await project.preview();
  const back = await project.up("--skip-preview");
  project.declare({ args: { attempt: 2 } });
  const raised = await project.up();

  expect(preview.output).not.toContain("will be charged");
  expect(back.code).not.toBe(0);
  for (const run of [preview, back]) expect(sentencesOf(run)).toEqual([MAYBE]);
  expect(raised.code).toBe(0);
  expect(sandbox.requests()).toHaveLength(2);
});

describe("the request never left, and the journal has it", () => {
  test("the next up goes on by itself, and its preview says so", async () => {
    const { sandbox, project } = await notSent();
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
    const { sandbox, project } = await notSent();

    project.declare({ args: { amount: 50 } });
    const next = await project.up();

    expect(next.code).toBe(0);
    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([50]);
  });

  test("the caps hold for it as for every purchase", async () => {
    const { project } = await notSent();

    project.config("vercelCredits:maxAmount", "50");
    const next = await project.preview();

    expect(next.code).not.toBe(0);
    expect(next.output).toMatch(/credits: .*vercelCredits:maxAmount .*\$50\.00/);
    expect(sentencesOf(next)).toEqual([NOTHING]);
  });

  test("adopted meanwhile, it is not sent any more, also when adopt is removed later", async () => {
    const { sandbox, project } = await notSent();
    project.declare({ args: { adopt: "pur_found" } });
    await project.up();

    project.declare({});
    const after = await project.up();

    expect(after.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(0);
  });
});

describe("a journal adds knowledge and nothing else", () => {
  test.each([
    ["off", () => "off"],
    ["another folder", (project: Project) => join(project.folder, "another")],
  ])("with the journal %s at the next up, everything fails closed", async (_what, place) => {
    const { sandbox, project } = await watched();
    await ended(await killedWhileBuying(project, sandbox));

    project.env.VERCEL_CREDITS_JOURNAL = place(project);
    const after = await project.up();
    delete project.env.VERCEL_CREDITS_JOURNAL;
    const own = await project.up();

    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([MAYBE]);
    expect(own.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "bought" });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a journal that lost its records proves nothing", async () => {
    const { sandbox, project } = await notSent();

    rmSync(join(project.folder, JOURNAL), { recursive: true });
    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(after.output).toContain("set attempt: 2");
    expect(after.output).not.toMatch(/run `pulumi up` again/i);
    expect(sentencesOf(after)).toEqual([NOTHING]);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("an order that was opened without a journal is not spoken for by one", async () => {
    const { sandbox, project } = await notSent(NO_JOURNAL);

    delete project.env.VERCEL_CREDITS_JOURNAL;
    const after = await project.up();

    expect(after.code).not.toBe(0);
    expect(sentencesOf(after)).toEqual([NOTHING]);
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("one that can't be written stops the purchase before anything is sent; mended, a plain up buys", async () => {
    const { sandbox, project } = await sandboxAndProject();
    const folder = join(project.folder, "blocked");
    writeFileSync(folder, "not a folder");
    project.config("vercelCredits:journal", folder);

    const blocked = await project.up();
    rmSync(folder);
    const mended = await project.up();

    expect(blocked.code).not.toBe(0);
    expect(blocked.output).toMatch(/vercelCredits:journal, .*blocked/);
    expect(sentencesOf(blocked)).toEqual([NOTHING]);
    expect(blocked.output).not.toMatch(/^\s+at /m);
    expect(mended).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("a place that is not an absolute path is refused in the preview, by name", async () => {
    const { project } = await sandboxAndProject({ VERCEL_CREDITS_JOURNAL: "journal" });

    const preview = await project.preview();

    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(
      /vercelCredits:journal .* is "journal", but must be a folder as an absolute path/,
    );
    expect(preview.output).toContain(NOTHING);
  });
});

describe("the state lost the purchase, and the journal has it", () => {
  test("deleted from the state: its record comes back, and nothing is sent", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.up();
    const kept = project.outputs();
    await project.mustRun("state", "delete", project.urn(), "--force", "--yes");

    const run = await project.up();

    expect(run.code).toBe(0);
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each(["--replace", "taint"])(
    "%s of an unprotected one: the same purchase is put on record again",
    async (how) => {
      const { sandbox, project } = await sandboxAndProject();
      project.declare({ opts: { protect: false } });
      await project.up();
      const kept = project.outputs();
      if (how === "taint") await project.mustRun("state", "taint", project.urn(), "--yes");

      const run = await project.up(...(how === "taint" ? [] : ["--replace", project.urn()]));
      const after = await project.up();

      expect(run.code).toBe(0);
      expect(run.output).not.toContain("forgotten");
      expect(after.output).toContain("3 unchanged");
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("two copies of a stack that reach the same order at once buy it once, and the other one names the first", async () => {
    const { sandbox, project } = await notSent();
    cpSync(join(project.folder, "state"), join(project.folder, "copy"), { recursive: true });
    const backends = ["state", "copy"].map((folder) => `file://${join(project.folder, folder)}`);
    const upOn = (backend?: string) => {
      project.env.PULUMI_BACKEND_URL = backend;
      return project.up("--stack", "dev", "--skip-preview");
    };

    const both = await Promise.all(backends.map(upOn));
    const later = backends[both.findIndex(({ code }) => code !== 0)];
    const again = await upOn(later);
    const [charge] = sandbox.charges();
    project.declare({ args: { adopt: charge?.intentId } });
    const adopted = await upOn(later);

    expect(both.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(again.code).not.toBe(0);
    expect(sentencesOf(again)).toEqual([CHARGED]);
    expect(again.output).toContain(`${charge?.intentId}`);
    expect(adopted.code).toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
    const { resources } = JSON.parse(project.read("copy/.pulumi/stacks/test/dev.json")).checkpoint.latest;
    const kept = [project.resources(), resources].map((all) =>
      all.find(({ urn }: { urn: string }) => urn === project.urn()),
    );
    expect(kept.map(({ outputs }) => outputs.outcome).sort()).toEqual(["adopted", "bought"]);
    expect(kept.map(({ outputs }) => outputs.intentId)).toEqual(Array(2).fill(charge?.intentId));
  });
});
