import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command";
import { killProvider, watched, whenRequested } from "../support/stack";

const KEYS = { AI_GATEWAY_API_KEY: "gateway-key-1", V0_API_KEY: "v0-key-1" };

/** Every hint: `tests/process/evidence.test.ts`. */
test("an order of a killed run is compared, too, and its balance is in the stack where no journal is", async () => {
  const { sandbox, project } = await watched(KEYS);
  sandbox.misbehave("never-answer");
  const up = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => killProvider(project));
  await up.ended;

  const next = await project.up("--skip-preview");
  expect(next.code).not.toBe(0);
  expect(next.output).toContain("was about to be sent on ");
  expect(next.output).toContain("no answer is on record");
  expect(next.output).toContain("So these $100.00 were very likely charged.");
  expect(sandbox.requests()).toHaveLength(1);

  const exported = join(project.folder, "stack.json");
  writeFileSync(exported, (await project.mustRun("stack", "export")).output);
  const order = `${project.resource("PurchaseOrder")?.id}`;
  const elsewhere = { ...project.env, VERCEL_CREDITS_JOURNAL: join(project.folder, "elsewhere") };
  const found = await command(["investigate", order, "--state", exported], elsewhere, project.folder);
  expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining("very likely charged") });
});
