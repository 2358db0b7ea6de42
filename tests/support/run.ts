import { spawnSync } from "node:child_process";

/** What a tool prints on stdout. Throws where it fails, with all it printed: many say on stdout what is wrong. */
export function run(cwd: string, file: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    encoding: "utf8",
    timeout: 280_000,
    stdio: ["ignore", "pipe", "pipe"],
    // Not this repository's: npm tells its scripts where it runs.
    env: { ...process.env, INIT_CWD: undefined, npm_config_local_prefix: undefined },
  });
  if (error || status !== 0) {
    throw new Error(`${file} ${args.join(" ")}: exit ${status}\n${stdout}\n${stderr}`, { cause: error });
  }
  return stdout;
}
