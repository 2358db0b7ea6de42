import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { postgresPrograms, postgresUser } from "../../tools/servers/found.mts";
import { freePorts, runToEnd, ServerProcess } from "./process.mts";
import type { RealServer } from "./server.mts";

const [OWNER, READER, PASSWORD] = ["owner", "reader", "owners-password"];

const LEFT_MS = 30_000;

/** A PostgreSQL of its own in a temporary folder, with a role that may all, and one that may only read. */
export async function startPostgres(): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-postgres-"));
  const [port] = (await freePorts(1)) as [number];
  const programs = postgresPrograms() ?? "";
  const user = await postgresUser();
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, PASSWORD);
  if (user !== undefined) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const as = { cwd: folder, ...user };
  const addressOf = (database: string, name: string, { at = port, who = OWNER, password = PASSWORD } = {}) =>
    `postgres://${who}:${password}@127.0.0.1:${at}/${database}?table=${name.toLowerCase()}`;

  let server: ServerProcess | undefined;
  const start = async () => {
    const settings = ["listen_addresses=127.0.0.1", "max_connections=200"].flatMap((one) => ["-c", one]);
    const args = ["-D", data, "-p", `${port}`, "-k", folder, ...settings];
    server = new ServerProcess(join(programs, "postgres"), args, as);
    await server.ready(() => query(addressOf("postgres", "none"), "SELECT 1"));
  };
  const stop = async () => {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const access = ["-U", OWNER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
    await runToEnd(join(programs, "initdb"), ["-D", data, ...access, "--no-sync"], as);
    await start();
    // The default of a role is no way to lose a record.
    await query(
      addressOf("postgres", "none"),
      "CREATE DATABASE journals",
      `ALTER ROLE ${OWNER} SET synchronous_commit = off`,
      `CREATE ROLE ${READER} LOGIN PASSWORD '${PASSWORD}'`,
    );
    return {
      kind: "postgres",
      port,
      address: (name, at) => addressOf("journals", name, { at: at ?? port }),
      env: () => ({}),
      wrong: () => {
        const env = { PGPASSWORD: undefined };
        const withoutPassword = addressOf("journals", "wrong").replace(`:${PASSWORD}@`, "@");
        const of = (what: string, says: RegExp, address: string) => ({ what, address, env, says });
        return [
          of("no password", /wants a password, and there is none/, withoutPassword),
          of(
            "another password",
            /the password, or the role/,
            addressOf("journals", "wrong", { password: "x" }),
          ),
          of(
            "an unknown role",
            /the password, or the role/,
            addressOf("journals", "wrong", { who: "nobody" }),
          ),
          of("no right", /lacks a right: SELECT and INSERT/, addressOf("journals", "wrong", { who: READER })),
          of("no such database", /database "nowhere" does not exist/, addressOf("nowhere", "wrong")),
          of("no such schema", /schema "nowhere" does not exist/, addressOf("journals", "nowhere.wrong")),
          of(
            "no encryption",
            /no encrypted connections/,
            `${addressOf("journals", "wrong")}&sslmode=require`,
          ),
        ];
      },
      kill: async () => server?.end(),
      async restart() {
        await server?.end();
        // What is left of a server that was killed is in the way until it has noticed.
        const until = Date.now() + LEFT_MS;
        for (;;) {
          try {
            return await start();
          } catch (error) {
            if (!/still in use|lock file/.test((error as Error).message) || Date.now() > until) throw error;
          }
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A copy of the server that follows it, and answers reads: its address of the same journal, and its end. */
export async function startStandby(of: RealServer, name: string) {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-standby-"));
  const [port] = (await freePorts(1)) as [number];
  const programs = postgresPrograms() ?? "";
  const user = await postgresUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const as = { cwd: folder, env: { PGPASSWORD: PASSWORD }, ...user };
  const data = join(folder, "data");
  const from = ["-h", "127.0.0.1", "-p", `${of.port}`, "-U", OWNER];
  await runToEnd(join(programs, "pg_basebackup"), ["-D", data, "-R", "-c", "fast", ...from], as);
  const where = ["-D", data, "-p", `${port}`, "-k", folder, "-c", "max_connections=200"];
  const server = new ServerProcess(join(programs, "postgres"), where, as);
  const address = of.address(name, port);
  await server.ready(() => query(address, "SELECT 1"));
  return {
    address,
    async stop() {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Statements by its administrator's connection. */
export async function query(address: string, ...statements: string[]): Promise<void> {
  const url = new URL(address);
  url.search = "";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
