import { join } from "node:path";
import semver from "semver";
import { folderOnPath, isExecutable, PIECES, versionIn } from "./pieces.mts";

/**
 * Pulumi releases the command and the Node.js SDK together, under one number. The package asks for an SDK of at
 * least this number (its peer dependency), so the same is asked of the command: nothing older was ever tried.
 */
const MINIMUM = "3.248.0";

/** The `pulumi` the user has installed, or the reason, in words, why it isn't used. */
export async function installedEngine(): Promise<{ folder: string; version: string } | string> {
  const folder = await folderOnPath("pulumi");
  if (folder === undefined) return "there is no `pulumi` on PATH";

  const version = await versionIn(folder);
  if (version === undefined) return `${join(folder, "pulumi")} doesn't tell its version`;
  if (semver.lt(version, MINIMUM)) return `the \`pulumi\` on PATH is ${version}, older than ${MINIMUM}`;

  for (const piece of PIECES) {
    if (await isExecutable(join(folder, piece))) continue;
    if ((await folderOnPath(piece)) === undefined) return `the \`pulumi\` on PATH comes without ${piece}`;
  }
  return { folder, version };
}
