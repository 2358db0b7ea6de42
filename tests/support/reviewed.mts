import { spawnSync } from "node:child_process";

export const FOLDER = "tests/review/previews";

/** What the command prints for a file, and where it doesn't end with 0, how it ends. */
export function reviewed(file: string, ...flags: string[]): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["provider/dist/cli/main.js", "review", file, ...flags],
    { encoding: "utf8" },
  );
  return `${stdout}${stderr}${status === 0 ? "" : `exit ${status}\n`}`;
}
