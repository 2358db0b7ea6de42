import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** What file systems without hard links (FAT, some network and container mounts) answer to `link`. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

const ONLY_NEW = { flag: "wx", mode: 0o600 };

/**
 * Records that the processes of one update share, readable by their owner alone: files of JSON lines, made by the one
 * process that is first, which may add to its own. Adding costs far less than another file.
 *
 * They have to outlive processes, not the machine, so nothing waits for the disk.
 */
export class UpdateFolder {
  #isReady = false;

  constructor(private readonly folder: string) {}

  /** False where the name is taken. Throws where it can't be told; the record may be there then. */
  createIfAbsent(name: string, record: object): boolean {
    this.#prepare();
    const path = this.#path(name);
    const temporary = join(this.folder, `.${name}.${randomUUID()}.tmp`);
    const text = lineOf(record);
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
      tidy(() => unlinkSync(temporary));
    }
  }

  add(name: string, record: object): void {
    appendFileSync(this.#path(name), lineOf(record));
  }

  /** A record's whole lines, as far as they can be read; undefined where there is none. Throws where it can't be told. */
  read(name: string): unknown[] | undefined {
    try {
      return linesOf(readFileSync(this.#path(name), "utf8"));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
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

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

/** Without a last line that has no end yet: it is being written, or its writer was killed. */
function linesOf(text: string): unknown[] {
  const lines = text.split("\n").slice(0, -1);
  try {
    return lines.map((line) => JSON.parse(line));
  } catch {
    return [];
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
