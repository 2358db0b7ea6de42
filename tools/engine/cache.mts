import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { isExecutable, PIECES, versionIn } from "./pieces.mts";

/** The version that is downloaded or built: the latest whose source the Go modules serve. */
export const ENGINE_VERSION = "3.259.0";

/** Longer than any download or build may take: a work folder this old belongs to a process that was killed. */
const ABANDONED_MS = 2 * 3_600_000;

/** How an engine got into the cache, kept beside it as `engine.json`. */
interface Note {
  origin: string;
}

/** Outside `node_modules`, because a reinstall empties that and an engine takes minutes to build. */
export function cacheRoot(): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  return join(cache && isAbsolute(cache) ? cache : join(homedir(), ".cache"), "pulumi-vercel-credits");
}

export function cacheFolder(): string {
  return join(cacheRoot(), `engine-${ENGINE_VERSION}`);
}

/** The cached engine, if it is whole and runs here. */
export async function cachedEngine(): Promise<{ origin: string } | undefined> {
  const folder = cacheFolder();
  for (const piece of PIECES) {
    if (!(await isExecutable(join(folder, piece)))) return undefined;
  }
  if ((await versionIn(folder)) !== ENGINE_VERSION) return undefined;
  try {
    const note: Note = JSON.parse(await readFile(join(folder, "engine.json"), "utf8"));
    return { origin: note.origin };
  } catch {
    return { origin: "of unknown origin" };
  }
}

/**
 * Lets `make` put an engine into `bin` of a work folder, then moves it into the cache with one rename: an
 * interrupted download or build is never taken for a whole one. What else is in the work folder is thrown away.
 */
export async function fillCache(origin: string, make: (work: string) => Promise<void>): Promise<void> {
  await inWorkFolder(async (work) => {
    await make(work);
    const made = join(work, "bin");
    if ((await versionIn(made)) !== ENGINE_VERSION)
      throw new Error("the engine does not run on this machine");
    const note: Note = { origin };
    await writeFile(join(made, "engine.json"), `${JSON.stringify(note)}\n`);
    await moveIn(made);
  });
}

/** A work folder beside what is cached, on the same disk, for as long as `make` takes. */
export async function inWorkFolder(make: (work: string) => Promise<void>): Promise<void> {
  await mkdir(cacheRoot(), { recursive: true });
  await removeAbandoned();
  const work = await mkdtemp(join(cacheRoot(), "work-"));
  try {
    await make(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A second process may have been at the same work: the first to finish wins, the other uses the winner's. */
async function moveIn(made: string): Promise<void> {
  try {
    await rename(made, cacheFolder());
  } catch (error) {
    if (await cachedEngine()) return;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") throw error;
    await rm(cacheFolder(), { recursive: true, force: true });
    await rename(made, cacheFolder());
  }
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(cacheRoot())) {
    if (!name.startsWith("work-")) continue;
    const folder = join(cacheRoot(), name);
    const age = Date.now() - (await stat(folder).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}
