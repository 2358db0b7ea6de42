import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheRoot, inWorkFolder } from "../engine/cache.mts";
import { withProgress } from "../engine/progress.mts";
import { run } from "../engine/run.mts";

/** What the README's table names. */
export const VERSIONS = { vercel: "60.1.3", "@vercel/sdk": "1.28.35" };

/** About 230 MB: Vercel's command brings its builders with it. */
const INSTALL_LIMIT_MS = 5 * 60_000;

/** The `node_modules` with Vercel's command and SDK, in a cached folder of their own; installed where there is none. */
export async function installClients(): Promise<string> {
  const versions = Object.values(VERSIONS).join("-");
  const folder = join(cacheRoot(), `compare-${versions}`);
  const modules = join(folder, "node_modules");
  if (existsSync(folder)) return modules;
  const what = Object.entries(VERSIONS).map(([name, version]) => `${name} ${version}`);
  await withProgress(undefined, `installing ${what.join(" and ")}`, () => inWorkFolder(install), "compare");
  return modules;

  async function install(work: string) {
    await writeFile(join(work, "package.json"), JSON.stringify({ private: true, dependencies: VERSIONS }));
    // The npm that runs us, as in with-setup.mjs.
    const npm = process.env.npm_execpath;
    const [command, before] = npm && basename(npm) === "npm-cli.js" ? [process.execPath, [npm]] : ["npm", []];
    const flags = ["--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts", "--loglevel=error"];
    await run(command, [...before, "install", ...flags], { cwd: work, limitMs: INSTALL_LIMIT_MS });
    // With one rename, so that an install that was interrupted is never taken for a whole one.
    await rename(work, folder).catch((error) => {
      if (!existsSync(folder)) throw error; // else another process was first
    });
  }
}
