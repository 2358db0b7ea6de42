import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { parseJournalAddress } from "../../provider/dist/domain/journal-address.js";
import { openStore } from "../../provider/dist/journal/stores/open.js";
import { startServer } from "../servers/start.mts";

/** The records of a journal, by name. */
export type Records = ReadonlyMap<string, string>;

/** A store that many machines share, which can be killed. */
export interface RemoteStore {
  readonly kind: RemoteKind;
  /** The address of one of its journals. */
  address(name: string): string;
  readonly env: Readonly<Record<string, string>>;
  kill(): Promise<void>;
  /** Kills a part of it: of PostgreSQL, the process of one connection, and it then ends all others and recovers. */
  killPart(): Promise<void>;
  /** Starts it again where it was killed; resolves when it answers. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export type RemoteKind = "s3" | "postgres";

export async function startRemoteStore(kind: RemoteKind): Promise<RemoteStore> {
  const server = await startServer(kind);
  let isDown = false;
  return {
    kind,
    env: server.env(),
    address: (name) => server.address(name),
    async kill() {
      isDown = true;
      await server.kill?.();
    },
    killPart: async () => (isDown ? undefined : killConnection(server.address("none"))),
    async mend() {
      if (isDown) await server.restart?.();
      isDown = false;
      if (kind === "postgres") await whenAnswering(server.address("none"));
    },
    stop: () => server.stop(),
  };
}

async function killConnection(address: string): Promise<void> {
  await connected(address, async (client) => {
    const ofOurs =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'pulumi-vercel-credits' LIMIT 1";
    const [row] = (await client.query(ofOurs)).rows;
    if (row !== undefined) process.kill(row.pid, "SIGKILL");
  });
}

async function whenAnswering(address: string, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await connected(address, async (client) => void (await client.query("SELECT 1")));
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

async function connected(address: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const url = new URL(address);
  url.search = "";
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined); // it may be killed
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

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
