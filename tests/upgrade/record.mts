import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
import { findEngine } from "../../tools/engine.mts";
import { Project } from "../support/project.mts";
import { PURCHASES } from "./purchases.mts";

/**
 * `node tests/upgrade/record.mts --name NAME [--modules FOLDER]`: keeps the state of a stack as this version of the
 * package makes it, or the one in another node_modules, with a purchase for each way to stand on record. Done once
 * for each release, before it; `upgrade.test.ts` upgrades from every one of them.
 */
const { values } = parseArgs({ options: { name: { type: "string" }, modules: { type: "string" } } });
if (!values.name) throw new Error("--name is missing: the version, or what the state shows");
const engine = await findEngine();
const sandbox = await startSandbox();
const project = new Project({
  engine: engine.folder,
  env: { VERCEL_API_URL: sandbox.url },
  ...(values.modules && { modules: values.modules }),
});
try {
  await project.init();
  const declared = [];
  for (const { fault, ...purchase } of PURCHASES) {
    declared.push(purchase);
    project.declare(...declared);
    if (fault) sandbox.misbehave(fault);
    // What failed before fails again, and keeps nothing else from being bought.
    await project.up(
      "--skip-preview",
      "--target",
      project.urn("CreditPurchase", purchase.name),
      "--target",
      project.urn("PurchaseOrder", purchase.name),
    );
    if (!project.outputs(purchase.name)) throw new Error(`${purchase.name} is not on record`);
  }
  const { output } = await project.mustRun("stack", "export");
  // Where in whose folders it was declared is no part of what an upgrade meets.
  const state = JSON.parse(output, (key, value) =>
    ["sourcePosition", "stackTrace"].includes(key) ? undefined : value,
  );
  const file = join(import.meta.dirname, "states", `${values.name}.json`);
  writeFileSync(file, `${JSON.stringify(state, undefined, 2)}\n`);
} finally {
  project.close();
  await sandbox.close();
}
