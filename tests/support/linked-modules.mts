import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.mts";

const OURS = "pulumi-vercel-credits";

/**
 * A `node_modules` with every package that this repository has installed, and with another copy of this package: nothing is
 * installed for it.
 *
 * @param folder Where it is made.
 * @param own The folder of the other copy. Default: none, so that it can be put there.
 */
export function linkedModules(folder: string, own?: string): string {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== OURS && name !== ".cache")
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  if (own !== undefined) symlinkSync(own, join(modules, OURS));
  return modules;
}
