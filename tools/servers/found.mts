import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheRoot } from "../engine/cache.mts";

/** The places of a journal for which a real server is had, by the scheme of their addresses. */
export const SERVER_KINDS = ["s3", "gs", "azblob", "postgres"] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export const AZURITE_VERSION = "3.37.0";
/** As `go/go.mod` beside this has it. */
export const FAKE_GCS_VERSION = "1.56.1";

/** What of a kind's server isn't on this machine; undefined where all is. `npm run servers` gets it. */
export function whatIsMissing(kind: ServerKind): string | undefined {
  const missing = {
    s3: () =>
      ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"].find(
        (one) => !isOnPath(one),
      ),
    gs: () => (existsSync(fakeGcsProgram()) ? undefined : "fake-gcs-server"),
    azblob: () => (existsSync(azuriteScript()) ? undefined : "azurite"),
    postgres: () => (postgresPrograms() === undefined ? "PostgreSQL's initdb and postgres" : undefined),
  }[kind]();
  return missing && `there is no ${missing}: \`npm run servers\` gets it`;
}

export function azuriteFolder(): string {
  return join(cacheRoot(), `azurite-${AZURITE_VERSION}`);
}

export function azuriteScript(): string {
  return join(azuriteFolder(), "node_modules/azurite/dist/src/blob/main.js");
}

export function fakeGcsFolder(): string {
  return join(cacheRoot(), `fake-gcs-server-${FAKE_GCS_VERSION}`);
}

export function fakeGcsProgram(): string {
  return join(fakeGcsFolder(), "fake-gcs-server");
}

/** The folder with the server's own programs, which Debian doesn't put on PATH: of the newest version. */
export function postgresPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, "bin")), ...pathFolders()];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => isExecutable(join(folder, name))));
}

/** As whom PostgreSQL runs where we are root, which it refuses. */
export async function postgresUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = (what: string) => Number(spawnSync("id", [what, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

export function isOnPath(name: string): boolean {
  return pathFolders().some((folder) => isExecutable(join(folder, name)));
}

function pathFolders(): string[] {
  return (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
