import { Socket } from "node:net";
import { type DatabaseError, escapeIdentifier, Pool, type PoolClient } from "pg";
import type { AddressOf } from "../../domain/journal-address";
import { checkedName, PlaceError, type RemotePlace } from "./place";

/** Many processes may be at one server, which has a hundred connections if nobody gave it more. */
const CONNECTIONS = 2;
const CONNECT_MS = 8_000;
const QUERY_MS = 10_000;

/** For one transaction: whatever the role's default is, a record is on the disk when it is acknowledged. */
const DURABLE = `set_config('synchronous_commit',
  CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)`;

/** New servers number their databases and tables alike: what tells one from another is its own number. */
const DATABASE = `(SELECT system_identifier FROM pg_control_system()) AS server,
  (SELECT oid FROM pg_database WHERE datname = current_database()) AS database`;

const NO_TABLE = "42P01";
/** What the slower of two that make a table at once is told. */
const MADE_MEANWHILE = ["42P07", "23505"];

/** Records as rows of a table of their own, which the first one that is written makes. */
export function postgresPlace({ url, table }: AddressOf<"postgres">): RemotePlace {
  const quoted = table.split(".").map(escapeIdentifier).join(".");
  const pool = new Pool({
    connectionString: withDefaults(url),
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    idleTimeoutMillis: 1_000,
    allowExitOnIdle: true,
    // What failed while it connected is left open until the server ends it; nobody waits for that.
    stream: () => new Socket().unref(),
  });
  pool.on("error", ignore); // of an idle connection: whoever needs the next one hears of it

  /** Statements on one connection, which ends with them when the time is up. */
  async function connected<T>(signal: AbortSignal, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error) => {
      throw lasting(error, table);
    });
    let isReleased = false;
    const release = (failure?: Error) => {
      if (!isReleased) client.release(failure);
      isReleased = true;
    };
    const stop = () => release(new Error("stopped"));
    client.on("error", ignore); // the statement under way fails, too
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      const answer = await work(client);
      client.off("error", ignore);
      release();
      return answer;
    } catch (error) {
      release(error as Error); // it may be in the midst of a transaction: never used again
      throw lasting(error as DatabaseError, table);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** What only a table can answer; where there is none, there is no record, as far as the primary knows. */
  async function orNoTable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== NO_TABLE) throw error;
    }
    const { rows } = await connected(signal, (client) =>
      client.query("SELECT pg_is_in_recovery() AS standby"),
    );
    if (rows[0].standby) throw standby();
    return undefined;
  }

  /** Making a table takes a right that writing doesn't: it is tried only where there is none. */
  async function withTable(signal: AbortSignal, write: () => Promise<boolean>): Promise<boolean> {
    const written = await orNoTable(signal, write);
    if (written !== undefined) return written;
    const columns = "name text PRIMARY KEY, record text NOT NULL, written timestamptz NOT NULL DEFAULT now()";
    await connected(signal, (client) =>
      client.query(`CREATE TABLE IF NOT EXISTS ${quoted} (${columns})`),
    ).catch((error) => {
      if (!MADE_MEANWHILE.includes(codeOf(error) ?? "")) throw error;
    });
    return write();
  }

  return {
    create(name, text, signal) {
      const insert = `WITH durable AS (SELECT ${DURABLE})
        INSERT INTO ${quoted} (name, record) SELECT $1, $2 FROM durable ON CONFLICT DO NOTHING`;
      return withTable(signal, () =>
        connected(
          signal,
          async (client) => (await client.query(insert, [checkedName(name), text])).rowCount === 1,
        ),
      );
    },

    read(name, signal) {
      const select = `SELECT pg_is_in_recovery() AS "isStandby",
        (SELECT record FROM ${quoted} WHERE name = $1) AS record`;
      return orNoTable(signal, () =>
        connected(signal, async (client) => {
          const [row] = (await client.query(select, [checkedName(name)])).rows;
          if (row.isStandby) throw standby();
          return row.record ?? undefined;
        }),
      );
    },

    async readMany(names, signal) {
      const select = `SELECT name, record FROM ${quoted} WHERE name = ANY($1)`;
      const rows = await orNoTable(signal, () =>
        connected(signal, async (client) => (await client.query(select, [names.map(checkedName)])).rows),
      );
      return (rows ?? []).map(({ name, record }) => [name, record] as const);
    },

    async names(signal) {
      const select = `SELECT pg_is_in_recovery() AS "isStandby",
        ARRAY(SELECT name FROM ${quoted} ORDER BY name) AS names`;
      const found = await orNoTable(signal, () =>
        connected(signal, async (client) => {
          const [row] = (await client.query(select)).rows;
          if (row.isStandby) throw standby();
          return row.names;
        }),
      );
      return found ?? [];
    },

    mark(name, textFor, signal) {
      const here = `SELECT ${DURABLE}, to_regclass($1)::oid AS "table",
        ${DATABASE}, txid_current() % 4294967296 AS transaction`;
      const insert = `INSERT INTO ${quoted} (name, record) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
      return withTable(signal, () =>
        connected(signal, async (client) => {
          await client.query("BEGIN");
          const [row] = (await client.query(here, [quoted])).rows;
          const { rowCount } = await client.query(insert, [checkedName(name), textFor(placeFrom(row))]);
          await client.query("COMMIT");
          return rowCount === 1;
        }),
      );
    },

    placeOf(name, signal) {
      const select = `SELECT tableoid AS "table", xmin AS transaction,
        ${DATABASE} FROM ${quoted} WHERE name = $1`;
      return orNoTable(signal, () =>
        connected(signal, async (client) => {
          const [row] = (await client.query(select, [checkedName(name)])).rows;
          return row && placeFrom(row);
        }),
      );
    },
  };
}

/** A dump that was restored, here or elsewhere, wrote the marker in another transaction. */
function placeFrom({ server, database, table, transaction }: Record<string, string>): string {
  return `server ${server}, database ${database}, table ${table}, transaction ${transaction}`;
}

/**
 * As Pulumi's client has it: encrypted unless told otherwise or on this machine, and certificates checked where the mode
 * says so, which `pg` reads in another way unless told.
 */
function withDefaults(address: string): string {
  const url = new URL(address);
  const { searchParams: parameters } = url;
  const database = parameters.get("dbname");
  if (database !== null) url.pathname = `/${encodeURIComponent(database)}`;
  parameters.delete("dbname");
  const host = parameters.get("host") ?? (url.hostname || process.env.PGHOST || "");
  const isHere = /^($|\/|localhost$|127\.|\[?::1\]?$)/.test(host);
  const mode = parameters.get("sslmode") ?? (process.env.PGSSLMODE || (isHere ? "disable" : "require"));
  parameters.set("sslmode", mode);
  if (mode !== "disable") parameters.set("uselibpqcompat", "true");
  if (!parameters.has("application_name")) parameters.set("application_name", "pulumi-vercel-credits");
  return url.href;
}

const standby = () =>
  new PlaceError("the server is a standby or read-only: the address must name the primary");

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/;

/** What no repeat mends, in words; anything else as it came. */
function lasting(error: Error, table: string): Error {
  const code = codeOf(error) ?? "";
  const because = (why: string) => new PlaceError(why);
  if (code === "28P01") return because("the password, or the role, is not the server's");
  if (code === "28000") return because(`the server refuses this role (${error.message})`);
  if (/client password must be a string|no password/i.test(error.message)) {
    return because("it wants a password, and there is none: set PGPASSWORD, or put it in a .pgpass file");
  }
  if (code === "3D000") return because(error.message); // database "x" does not exist
  if (code === "3F000") return because(error.message); // schema "x" does not exist
  if (code === "42501") {
    return because(
      `the role lacks a right: SELECT and INSERT on the table ${table}, and to create it where there is none (${error.message})`,
    );
  }
  if (code === "25006") return standby();
  if (code === "21000")
    return because(`the table ${table} has two records of one name: name must be its primary key`);
  if (/server does not support SSL/.test(error.message)) {
    return because(
      "the server has no encrypted connections: add sslmode=disable to the address if that is meant",
    );
  }
  if (CERTIFICATE.test(code)) return because(`the server's certificate is not trusted (${code})`);
  return error;
}

function codeOf(error: unknown): string | undefined {
  return (error as DatabaseError).code;
}

function ignore(): void {}
