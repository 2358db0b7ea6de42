import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { findOrInstallBrowser } from "./browser.mts";
import { findEngine } from "./engine.mts";

/** `npm test [-- JEST ARGUMENTS]`: every test, on a real engine and in a real browser. */
const engine = await findEngine();
const browser = findOrInstallBrowser();
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, TEST_ENGINE: engine.folder, ...(browser && { TEST_BROWSER: browser }) },
});
process.exitCode = status ?? 1;
