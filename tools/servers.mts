import type { Log } from "./engine/progress.mts";
import { Interrupted } from "./engine/run.mts";
import { SERVER_KINDS, type ServerKind, whatIsMissing } from "./servers/found.mts";
import { GET } from "./servers/get.mts";

/**
 * `npm run servers [KIND...]` gets the real servers that the tests of shared journals need, where they aren't here yet:
 * Ceph's S3 gateway and PostgreSQL from Debian, azurite from npm, fake-gcs-server from its Go modules.
 */
async function getServer(kind: ServerKind, log?: Log): Promise<string | undefined> {
  if (whatIsMissing(kind) === undefined) return undefined;
  await GET[kind](log);
  return whatIsMissing(kind);
}

const asked = process.argv.slice(2);
for (const kind of SERVER_KINDS.filter((one) => asked.length === 0 || asked.includes(one))) {
  try {
    const missing = await getServer(kind);
    console.error(`servers: ${kind} ${missing === undefined ? "is here" : `is not here: ${missing}`}`);
    if (missing !== undefined) process.exitCode = 1;
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = 130;
      break;
    }
    console.error(`servers: ${kind} can't be had: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
