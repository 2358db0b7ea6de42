import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** By name on PATH, or where the systems put it. `CHROME` names another. */
const BROWSERS = [
  process.env.CHROME,
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const INSTALL_LIMIT_MS = 10 * 60_000;

/** A Chromium or Chrome of this machine as an absolute path, or undefined where there is none. */
export function findBrowser(): string | undefined {
  for (const name of BROWSERS) {
    if (!name) continue;
    if (name.includes("/") && existsSync(name)) return name;
    const found = spawnSync("which", [name], { encoding: "utf8" });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}

/** The same; on a machine of CI that has none, it is installed first. Nobody else's machine is changed. */
export function findOrInstallBrowser(): string | undefined {
  const found = findBrowser();
  if (found !== undefined || !process.env.CI || process.getuid?.() !== 0) return found;
  if (spawnSync("which", ["apt-get"]).status !== 0) return undefined;
  console.error("set-up: installing Chromium from the system's packages ...");
  const options = {
    encoding: "utf8",
    timeout: INSTALL_LIMIT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  } as const;
  spawnSync("apt-get", ["update", "-q"], options);
  const { status, stderr } = spawnSync(
    "apt-get",
    ["install", "-y", "-q", "--no-install-recommends", "chromium"],
    options,
  );
  if (status !== 0)
    console.error(`set-up: Chromium can't be installed: ${stderr?.trim().split("\n").at(-1)}`);
  return findBrowser();
}
