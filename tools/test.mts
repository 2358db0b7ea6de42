import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { MUTATIONS } from "../tests/mutations/all.mts";
import { findOrInstallBrowser } from "./browser.mts";
import { findEngine } from "./engine.mts";

/**
 * `npm test [-- JEST ARGUMENTS]`: every test but those under `tests/verify`, which it runs where they are named, on a real
 * engine and in a real browser. Nothing is installed on the system of whoever runs it: where there is no browser, its tests
 * are skipped and say so. In CI it is installed, or they fail.
 */
const args = process.argv.slice(2);
const engine = await findEngine();
const browser = findOrInstallBrowser();
const skipped =
  browser || process.env.CI
    ? undefined
    : "test: no Chromium or Chrome on this machine, so the tests of what pages look like are skipped. Install one, or " +
      "name one in CHROME. CI runs them.";
if (skipped) console.error(skipped);
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const { status } = spawnSync(process.execPath, [jest, ...args], {
  stdio: "inherit",
  env: { ...process.env, TEST_ENGINE: engine.folder, ...(browser && { TEST_BROWSER: browser }) },
});
if (skipped) console.error(skipped);
if (args.length === 0) {
  const suites = globSync("tests/verify/**/*.test.ts").length;
  console.error(
    `\`npm run verify\` would add ${suites} suites (the further cases on the engine, the whole matrix, the torture, installs, ` +
      `what the documents show), ${MUTATIONS.length} mutations of the guards, lint, types and the documentation.`,
  );
}
process.exitCode = status ?? 1;
