import { CHARGED, MAYBE_CHARGED } from "../../provider/src/domain/messages";
import { expectReadable, inDoubt, sandboxAndProject, sentencesOf } from "../support/stack";

/** One case of each group in tests/program, and what only the engine does: aliases, protection, refresh, destroy. */

describe("a purchase that is made", () => {
  test("refuses a change of what was bought in the preview, by name, ignores one of source, and stays as it is", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.mustRun("up", "--yes", "--skip-preview");
    const kept = project.outputs();

    project.declare({ args: { amount: 200 } });
    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(/credits: .*amount/);
      expect(sentencesOf(run)).toEqual([CHARGED]);
      expectReadable(run);
      expect(run.output).not.toContain("itself says why");
    }
    project.declare({ args: { source: "elsewhere" } });
    const ignored = await project.up("--skip-preview");

    expect(ignored).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(project.outputs()).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("is not bought again under a new name when aliases say what it was called", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.mustRun("up", "--yes", "--skip-preview");

    project.declare({ name: "renamed", opts: { aliases: [{ name: "credits" }] } });
    const run = await project.up("--skip-preview");
    project.declare({ name: "again", opts: { aliases: [project.urn("CreditPurchase", "renamed")] } });
    const second = await project.up("--skip-preview");

    expect([run.code, second.code]).toEqual([0, 0]);
    expect(sandbox.requests()).toHaveLength(1);
    expect(project.resource("PurchaseOrder", "again")?.id).toBe(project.outputs("again")?.orderId);
  });

  test("is protected: destroy is stopped; unprotected, it forgets the purchase and says that nothing is refunded", async () => {
    const { sandbox, project } = await sandboxAndProject();
    await project.mustRun("up", "--yes", "--skip-preview");

    const stopped = await project.run("destroy", "--yes");
    const forgotten = await project.destroyUnprotected();

    expect(stopped.code).not.toBe(0);
    expect(stopped.output).toContain("protected");
    expect(forgotten.code).toBe(0);
    expect(forgotten.output).toContain(`${CHARGED} The credits stay, and nothing is refunded.`);
    expect(sandbox.requests()).toHaveLength(1);
  });
});

test("an option that could buy twice is refused by name, without a stack trace", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare({ opts: { replaceOnChanges: ["amount"] } });

  const run = await project.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("does not take the option replaceOnChanges");
  expectReadable(run);
  expect(sandbox.requests()).toHaveLength(0);
});

test("a purchase in doubt stays as it is: refresh, with or without the program, changes nothing, and destroy does not forget it", async () => {
  const { sandbox, project } = await inDoubt();
  const kept = project.outputs();

  for (const flags of [[], ["--run-program"]]) {
    expect((await project.run("refresh", "--yes", ...flags)).code).toBe(0);
    expect(project.outputs()).toEqual(kept);
  }
  expect((await project.up("--skip-preview")).code).not.toBe(0);
  const destroyed = await project.run("destroy", "--yes");

  expect(destroyed.code).not.toBe(0);
  expect(destroyed.output).toMatch(/not forgotten.*adopt/);
  expect(sentencesOf(destroyed)).toEqual([MAYBE_CHARGED]);
  expectReadable(destroyed);
  expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  expect(sandbox.requests()).toHaveLength(1);
});

test("a purchase in doubt that a transform gives an alias, and its order none, is not sent again: the order is not the one on record", async () => {
  const { sandbox, project } = await inDoubt();
  project.write(
    "index.js",
    `const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.endsWith("vercel:CreditPurchase") ? { props, opts: { ...opts, aliases: [{ name: "credits" }] } } : undefined);
new CreditPurchase("renamed", { creditType: "gateway", amount: 100 }, { protect: false });`,
  );

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  expect(sandbox.requests()).toHaveLength(1);
});
