import { basename } from "node:path";
import { parseArgs } from "node:util";
import { commandLineOf, parentOf } from "../domain/processes";

const MOST_ANCESTORS = 20;

/**
 * Whether the `pulumi` that started this process was given a plan (`--plan`). Pulumi itself doesn't tell a provider, so
 * the command line of that process is read, which Linux shows; undefined where it can't be. That somebody reviewed the
 * plan can't be seen here.
 */
export function updateHasPlan(): boolean | undefined {
  let pid: number | undefined = process.ppid;
  for (let i = 0; i < MOST_ANCESTORS && pid !== undefined && pid > 1; i++) {
    const [command = "", ...args] = commandLineOf(pid);
    if (basename(command) === "pulumi") return planOf(args) !== "";
    pid = parentOf(pid);
  }
  return undefined;
}

/** The flags of `pulumi up` that take a value, which is never a flag itself. */
const WITH_VALUE = [
  ...["message", "config", "config-file", "cwd", "stack", "target", "target-replace", "exclude", "replace"],
  ...["policy-pack", "policy-pack-config", "save-plan", "secrets-provider", "parallel", "color", "tracing"],
  ...["profiling", "event-log", "exec-kind", "exec-agent", "client", "import-file", "memprofilerate", "plan"],
];
const SHORT: Record<string, string> = {
  message: "m",
  config: "c",
  cwd: "C",
  stack: "s",
  target: "t",
  parallel: "p",
};

/** The value of `--plan`; empty where there is none, as for `--plan "$UNSET"`. */
export function planOf(args: readonly string[]): string {
  const options = Object.fromEntries(
    WITH_VALUE.map((name) => [
      name,
      { type: "string" as const, multiple: true, ...(SHORT[name] !== undefined && { short: SHORT[name] }) },
    ]),
  );
  const { plan } = parseArgs({ args: [...args], options, strict: false }).values;
  const last = Array.isArray(plan) ? plan.at(-1) : plan;
  return typeof last === "string" ? last : "";
}
