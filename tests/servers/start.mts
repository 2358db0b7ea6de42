import type { ServerKind } from "../../tools/servers/found.mts";
import { startAzurite } from "./azurite.mts";
import { startCeph } from "./ceph.mts";
import { startFakeGcs } from "./fake-gcs.mts";
import { startPostgres } from "./postgres.mts";
import type { RealServer } from "./server.mts";

const STARTS: { readonly [K in ServerKind]: () => Promise<RealServer> } = {
  s3: startCeph,
  gs: startFakeGcs,
  azblob: startAzurite,
  postgres: startPostgres,
};

/** A real server of this kind; it ends with `stop`, or with this process. */
export function startServer(kind: ServerKind): Promise<RealServer> {
  return STARTS[kind]();
}
