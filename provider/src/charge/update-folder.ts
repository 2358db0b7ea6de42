import { randomUUID } from "node:crypto";
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";

/** The record is there, and can't be read: without hard links it can be found before it is whole. */
export const TORN = "torn";

/** What file systems without hard links (FAT, some network and container mounts) answer to `link`. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

const ONLY_NEW = { flag: "wx", mode: 0o600 };

/**
 * Records that the processes of one update share, readable by their owner alone. They have to outlive processes, not
 * the machine, so nothing waits for the disk.
 */
export class UpdateFolder {
  #isReady = false;

  constructor(private readonly folder: string) {}

  /** False where the name is taken. Throws where it can't be told; the record may be there then. */
  createIfAbsent(name: string, record: object): boolean {
    this.#prepare();
    const path = this.#path(name);
    const temporary = join(this.folder, `.${name}.${randomUUID()}.tmp`);
    const text = JSON.stringify(record);
    try {
      writeFileSync(temporary, text, ONLY_NEW);
      try {
        linkSync(temporary, path);
      } catch (error) {
        if (!NO_HARD_LINKS.has(codeOf(error))) throw error;
        writeFileSync(path, text, ONLY_NEW);
      }
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    } finally {
      tidy(() => rmSync(temporary, { force: true }));
    }
  }

  /** Undefined where there is none. Throws where that can't be told. */
  read<T extends z.ZodType>(name: string, schema: T): z.infer<T> | typeof TORN | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path(name), "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      return TORN;
    }
  }

  #prepare(): void {
    if (this.#isReady) return;
    // The first of an update tidies up after those before it.
    const isFirst = mkdirSync(this.folder, { recursive: true, mode: 0o700 }) !== undefined;
    if (isFirst) tidy(() => removeOld(dirname(this.folder)));
    this.#isReady = true;
  }

  #path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

const KEPT_FOR_MS = 24 * 60 * 60_000;
const MOST_REMOVED = 100;

/** Removes the folders of updates that last charged a day ago or more, and nothing that isn't named like one. */
function removeOld(updates: string): void {
  const before = Date.now() - KEPT_FOR_MS;
  const old = readdirSync(updates)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => join(updates, name))
    .filter((folder) => (lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? before) < before);
  for (const folder of old.slice(0, MOST_REMOVED)) rmSync(folder, { recursive: true, force: true });
}

/** Does what may fail without changing what is true. */
function tidy(act: () => void): void {
  try {
    act();
  } catch {
    // It is tried again by the next update.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
