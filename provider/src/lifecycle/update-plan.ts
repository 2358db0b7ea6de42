import { readFileSync } from "node:fs";
import { basename } from "node:path";

const MOST_ANCESTORS = 20;

/**
 * Whether the `pulumi` that started this process was given a plan (`--plan`). Pulumi itself doesn't tell a provider, so
 * the command line of that process is read, which Linux shows; undefined where it can't be. That somebody reviewed the
 * plan can't be seen here.
 */
export function updateHasPlan(): boolean | undefined {
  let pid = process.ppid;
  for (let i = 0; i < MOST_ANCESTORS && pid > 1; i++) {
    let args: string[];
    let parent: number;
    try {
      args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      parent = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
    } catch {
      return undefined;
    }
    if (basename(args[0] ?? "") === "pulumi") {
      return args.some((arg) => arg === "--plan" || arg.startsWith("--plan="));
    }
    pid = parent;
  }
  return undefined;
}
