import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import semver from "semver";

/** The command, the host that runs Node.js programs, and the script that starts a dynamic provider. */
export const PIECES = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Generous for a command that answers in a quarter of a second: the first start of a 115 MB file is slower. */
const VERSION_LIMIT_MS = 20_000;

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first folder of PATH that holds this command. */
export async function folderOnPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && (await isExecutable(join(folder, command)))) return folder;
  }
  return undefined;
}

/**
 * The version that the `pulumi` in this folder reports, without the "v". Undefined when it doesn't run here (a
 * cache that came from another kind of machine) or doesn't know its version, which the Automation API refuses.
 */
export async function versionIn(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(join(folder, "pulumi"), ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      killSignal: "SIGKILL",
      timeout: VERSION_LIMIT_MS,
    });
    return semver.parse(stdout.trim())?.version;
  } catch {
    return undefined;
  }
}
