import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expectNames } from "../../support/first-order";
import { CHARGED, sentencesOf } from "../../support/sentences";
import { sandboxAndProject } from "../../support/stack";

/** Two orders for one purchase, of which none knows of the other by the state: the journal does, and lets only the first send. */

test("a state that was lost, and made anew: up stops, and names the first", async () => {
  const { sandbox, project } = await sandboxAndProject();
  const [state, asItWas] = [join(project.folder, "state"), join(project.folder, "as-it-was")];
  cpSync(state, asItWas, { recursive: true });
  await project.mustRun("up", "--yes", "--skip-preview");
  const orderId = project.outputs()?.orderId;
  rmSync(state, { recursive: true });
  renameSync(asItWas, state);

  const preview = await project.preview();
  const run = await project.up("--skip-preview");

  expect(sandbox.requests()).toHaveLength(1);
  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expectNames(run, orderId, "another name");
  expect(preview.output).not.toContain("will be charged now");
  project.declare({ args: { attempt: 2 } });
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(sandbox.requests()).toHaveLength(2);
});

test("two updates at the same moment, each with a state of its own: one of them buys", async () => {
  const { sandbox, project } = await sandboxAndProject();
  const copy = join(project.folder, "copy");
  cpSync(join(project.folder, "state"), copy, { recursive: true });
  const updates = ["state", "copy"].map((folder) => {
    project.env.PULUMI_BACKEND_URL = `file://${join(project.folder, folder)}`;
    return project.up("--skip-preview", "--stack", "dev");
  });

  const runs = await Promise.all(updates);

  expect(sandbox.requests()).toHaveLength(1);
  expect(runs.filter(({ code }) => code === 0)).toHaveLength(1);
});
