import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJournalAddress } from "../../provider/dist/domain/journal-address.js";
import { openStore } from "../../provider/dist/journal/stores/open.js";
import { PostgresProcess } from "./postgres-process.mts";
import { BUCKET, S3_CREDENTIALS, S3Process } from "./s3-process.mts";

/** The records of a journal, by name. */
export type Records = ReadonlyMap<string, string>;

/** A store that many machines share, which can be killed. */
export interface RemoteServer {
  readonly kind: "s3" | "postgres";
  /** The address of one of its journals. */
  address(name: string): string;
  readonly env: Readonly<Record<string, string>>;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Kills a part of it, if it has parts. */
  killPart?(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export const REMOTE = {
  postgres: (): RemoteServer => {
    const server = new PostgresProcess();
    return {
      kind: "postgres",
      env: {},
      address: (name) => `${server.url}?table=${name.replaceAll("-", "_")}`,
      start: () => server.start(),
      kill: () => server.kill(),
      killPart: () => server.killBackend(),
      mend: () => server.mend(),
      close: () => server.close(),
    };
  },
  s3: (): RemoteServer => {
    const server = new S3Process();
    return {
      kind: "s3",
      env: S3_CREDENTIALS,
      address: (name) => `s3://${BUCKET}/${name}?endpoint=${server.url}&s3ForcePathStyle=true`,
      start: async () => {
        await server.start();
        await server.makeBucket();
      },
      kill: () => server.kill(),
      mend: () => server.mend(),
      close: () => server.close(),
    };
  },
};

/** What a journal holds, wherever it is. */
export async function recordsAt(address: string): Promise<Records> {
  const records = new Map<string, string>();
  if (!address.includes("://")) {
    for (const file of existsSync(address) ? readdirSync(address) : []) {
      if (file.endsWith(".json"))
        records.set(file.slice(0, -".json".length), readFileSync(join(address, file), "utf8"));
    }
    return records;
  }
  const store = openAt(address);
  await Promise.all(
    (await store.names()).map(async (name: string) => {
      const text = await store.read(name);
      if (text !== undefined) records.set(name, text);
    }),
  );
  return records;
}

/** Record by record, as a backup does: what is written meanwhile is in it or not. */
export async function copyRecords(from: string, to: string): Promise<void> {
  const store = openAt(to);
  for (const [name, text] of await recordsAt(from)) await store.createIfAbsent(name, text, "durable");
}

function openAt(address: string) {
  return openStore(parseJournalAddress(address, "the journal"));
}
