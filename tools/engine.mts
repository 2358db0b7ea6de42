import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { buildEngine } from "./engine/build.mts";
import { cachedEngine, cacheFolder, ENGINE_VERSION } from "./engine/cache.mts";
import { downloadEngine } from "./engine/download.mts";
import { installedEngine } from "./engine/installed.mts";
import type { Log } from "./engine/progress.mts";
import { Interrupted } from "./engine/run.mts";

/** A real Pulumi engine. */
export interface Engine {
  version: string;
  /** To put first on PATH: the engine prints warnings about pieces it finds in different folders. */
  folder: string;
  /** Where it comes from, in words. */
  origin: string;
}

/** No engine can be had here; the message says why and what to do. */
export class NoEngine extends Error {
  override name = "NoEngine";
}

/**
 * Finds a real Pulumi engine, else gets one: the `pulumi` on PATH, else the cached one, else the official
 * download, else a build from source, for machines that reach nothing but package registries. The first two take
 * less than a second, the last some minutes, once.
 *
 * @param log Takes what the user should see, line by line. Default: standard error, with a living progress line.
 * @throws NoEngine, and Interrupted when the user stops a download or build.
 */
export async function findEngine(log?: Log): Promise<Engine> {
  const say = log ?? console.error;
  const engine = await find(log, say);
  say(`engine: pulumi v${engine.version} (${engine.origin})`);
  return engine;
}

async function find(log: Log | undefined, say: Log): Promise<Engine> {
  const installed = await installedEngine();
  if (typeof installed !== "string") return { ...installed, origin: `installed in ${installed.folder}` };

  let cached = await cachedEngine();
  const reasons = [installed];
  for (const get of [downloadEngine, buildEngine]) {
    if (cached) break;
    try {
      await get(log);
      cached = await cachedEngine();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const way = get === downloadEngine ? "no download" : "no build from source";
      const reason = `${way}: ${error instanceof Error ? error.message : error}`;
      say(`engine: ${reason.split("\n")[0]}`);
      reasons.push(reason.replaceAll("\n", "\n    "));
    }
  }
  if (!cached) {
    throw new NoEngine(
      [
        "No Pulumi engine can be had here:",
        ...reasons.map((reason) => `  - ${reason}`),
        "Install Pulumi (https://www.pulumi.com/docs/install/), or Go (https://go.dev/dl/) to build it; then try again.",
      ].join("\n"),
    );
  }
  const shown = cacheFolder().replace(homedir(), "~");
  return { version: ENGINE_VERSION, folder: cacheFolder(), origin: `${cached.origin}, cached in ${shown}` };
}

/** `node tools/engine.mts` prints the folder, for shell scripts and test set-ups. */
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  try {
    console.log((await findEngine()).folder);
  } catch (error) {
    if (!(error instanceof NoEngine || error instanceof Interrupted)) throw error;
    console.error(`engine: ${error.message}`);
    process.exitCode = error instanceof Interrupted ? 130 : 1;
  }
}
