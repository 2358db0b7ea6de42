import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JournalStore } from "./store";

/** What file systems without hard links (FAT, some network and container mounts) answer to `link`. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

/**
 * Records as files of one folder, readable by their owner alone.
 *
 * A record is written to a temporary file, flushed to the disk, and only then linked to its name, which fails where
 * the name is taken: so a record is there whole or not at all, and the first writer wins, also between processes.
 */
export class FileStore implements JournalStore {
  #ready: Promise<void> | undefined;

  constructor(readonly folder: string) {}

  async createIfAbsent(name: string, text: string): Promise<boolean> {
    this.#ready ??= makeFolder(this.folder);
    await this.#ready.catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    const path = this.#path(name);
    const temporary = join(this.folder, `.${name}.${randomUUID()}.tmp`);
    try {
      await writeNew(temporary, text);
      return await linkOrWrite(temporary, path, text);
    } finally {
      await unlink(temporary).catch(() => undefined);
      await flushFolder(this.folder);
    }
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(name), "utf8");
    } catch (error) {
      if (code(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** The names of all records. For reading by people; no rule depends on it. */
  async names(): Promise<string[]> {
    const files = await readdir(this.folder).catch((error) => {
      if (code(error) === "ENOENT") return [];
      throw error;
    });
    return files.filter((file) => /^[^.].*\.json$/.test(file)).map((file) => file.slice(0, -".json".length));
  }

  #path(name: string): string {
    if (!/^[\w.-]+$/.test(name)) throw new Error("not the name of a record");
    return join(this.folder, `${name}.json`);
  }
}

async function linkOrWrite(temporary: string, path: string, text: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    if (!NO_HARD_LINKS.has(code(error) ?? "")) throw error;
  }
  // Without hard links the name is taken first and the record written then: it can be found empty or torn.
  try {
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    throw error;
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) {
    await flushFolder(dirname(made));
  }
}

/** A file's name is on the disk only once its folder is. Windows flushes no folders, and needs none. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function code(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
