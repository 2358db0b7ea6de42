import type { Project } from "./project.mts";
import { whenWritten } from "./stack";

/** Declares what `purchases.json` holds; where WAITS is set, once a file says so. */
const WAITING = `
const { existsSync, writeFileSync } = require("node:fs");
const { CreditPurchase } = require("pulumi-vercel-credits");
module.exports = async () => {
  const declared = JSON.parse(JSON.stringify(require("./purchases.json")));
  if (process.env.WAITS) {
    writeFileSync("waits", "");
    while (!existsSync("go")) await new Promise((look) => setTimeout(look, 20));
  }
  for (const { name, args, opts } of declared) new CreditPurchase(name, args, opts);
};`;

/** An update that has begun, was cancelled, and hasn't reached the purchase yet, and another one that runs meanwhile. */
export async function overlapping<T>(project: Project, meanwhile: () => Promise<T>, ...flags: string[]) {
  project.write("index.js", WAITING);
  project.env.WAITS = "1";
  const first = project.start("up", "--yes", "--skip-preview", ...flags);
  await whenWritten(project, "waits");
  delete project.env.WAITS;
  await project.mustRun("cancel", "--yes");
  const second = await meanwhile();
  project.write("go", "");
  return { first: await first.ended, second };
}
