import { randomUUID } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Durability, JournalStore } from "../store";

/** What file systems without hard links (FAT, some network and container mounts) answer to `link`. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

/**
 * Records as files of one folder, readable by their owner alone.
 *
 * A record is written to a temporary file, flushed to the disk where it has to be, and only then linked to its name,
 * which fails where the name is taken: so a record is there whole or not at all, and the first writer wins, also between
 * processes.
 *
 * The files are small and local, so the calls wait for the disk: that costs half of what going through other threads
 * does.
 */
export class FileStore implements JournalStore {
  #isReady = false;

  constructor(readonly folder: string) {}

  async createIfAbsent(name: string, text: string, durability: Durability): Promise<boolean> {
    this.#makeReady();
    const isDurable = durability === "durable";
    const temporary = join(this.folder, `.${randomUUID()}.tmp`);
    try {
      writeNew(temporary, () => text, isDurable);
      return linkOrWrite(temporary, this.#path(name), text, isDurable);
    } finally {
      removeIfThere(temporary);
      if (isDurable) flushFolder(this.folder);
    }
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return readFileSync(this.#path(name), "utf8");
    } catch (error) {
      if (code(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async mark(name: string, textFor: (place: string) => string): Promise<boolean> {
    this.#makeReady();
    const folder = statSync(this.folder, { bigint: true });
    try {
      writeNew(this.#path(name), (marker) => textFor(placeFrom(folder, marker)), true);
      return true;
    } catch (error) {
      if (code(error) === "EEXIST") return false;
      throw error;
    } finally {
      flushFolder(this.folder);
    }
  }

  async placeOf(name: string): Promise<string | undefined> {
    try {
      const marker = statSync(this.#path(name), { bigint: true });
      return placeFrom(statSync(this.folder, { bigint: true }), marker);
    } catch (error) {
      if (code(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** The names of all records. For reading by people; no rule depends on it. */
  async names(): Promise<string[]> {
    const files = existsSync(this.folder) ? readdirSync(this.folder) : [];
    return files.filter((file) => /^[^.].*\.json$/.test(file)).map((file) => file.slice(0, -".json".length));
  }

  async readMany(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of names) {
      const text = await this.read(name);
      if (text !== undefined) found.set(name, text);
    }
    return found;
  }

  #makeReady(): void {
    if (!this.#isReady) makeFolder(this.folder);
    this.#isReady = true;
  }

  #path(name: string): string {
    if (!/^[\w.-]+$/.test(name)) throw new Error("not the name of a record");
    return join(this.folder, `${name}.json`);
  }
}

/**
 * A copy of a file, or of a folder, has another number in its file system, or was born at another time. Where a file system
 * keeps no time of birth, the device's number stands in for it: after a restart it may differ, and the place then counts as
 * a copy, which is the safe side.
 */
function placeFrom(folder: BigIntStats, marker: BigIntStats): string {
  const of = ({ ino, birthtimeNs, dev }: BigIntStats) => `${ino}@${birthtimeNs || `device ${dev}`}`;
  return `folder ${of(folder)}, marker ${of(marker)}`;
}

function linkOrWrite(temporary: string, path: string, text: string, isDurable: boolean): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    if (!NO_HARD_LINKS.has(code(error) ?? "")) throw error;
  }
  // Without hard links the name is taken first and the record written then: it can be found empty or torn.
  try {
    writeNew(path, () => text, isDurable);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    throw error;
  }
}

function writeNew(path: string, textFor: (file: BigIntStats) => string, isDurable: boolean): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, textFor(fstatSync(file, { bigint: true })));
    if (isDurable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (code(error) !== "ENOENT") throw error;
  }
}

function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) {
    flushFolder(dirname(made));
  }
}

/** A file's name is on the disk only once its folder is. Windows flushes no folders, and needs none. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function code(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
