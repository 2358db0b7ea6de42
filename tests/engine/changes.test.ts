import { CHARGED, expectReadable, MAYBE_CHARGED, sentencesOf } from "../support/sentences";
import { inDoubt, sandboxAndProject } from "../support/stack";

/** One case of each group in tests/program, and what only the engine does: aliases, protection, refresh, destroy. */

test("a purchase that is made is final, protected, and once unprotected only forgotten", async () => {
  const { sandbox, project } = await sandboxAndProject();
  await project.mustRun("up", "--yes", "--skip-preview");
  const kept = project.outputs();

  project.declare({ args: { amount: 200 } });
  const changed = await project.preview();
  expect(changed.code).not.toBe(0);
  expect(changed.output).toMatch(/credits: .*amount/);
  expect(sentencesOf(changed)).toEqual([CHARGED]);
  expectReadable(changed);
  expect(changed.output).not.toContain("itself says why");

  project.declare({ args: { source: "elsewhere" } });
  const ignored = await project.up("--skip-preview");
  expect(ignored).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  expect(project.outputs()).toEqual(kept);

  const stopped = await project.run("destroy", "--yes");
  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain("protected");

  const forgotten = await project.destroyUnprotected();
  expect(forgotten.code).toBe(0);
  expect(forgotten.output).toContain(`${CHARGED} The credits stay, and nothing is refunded.`);
  expect(sandbox.requests()).toHaveLength(1);
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
