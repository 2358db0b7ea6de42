import { fileURLToPath } from "node:url";
import { ENGINE_VERSION, fillCache } from "./cache.mts";
import { type Log, withProgress } from "./progress.mts";
import { run } from "./run.mts";

const SITE = "https://get.pulumi.com";

/** For the site to answer at all: on a machine without internet the Go build should start soon. */
const ANSWER_LIMIT_MS = 5_000;

/** For the whole download, about 150 MB. On a slower line the Go build, or installing by hand, does better. */
const DOWNLOAD_LIMIT_MS = 180_000;

/** Puts the official release into the cache. */
export async function downloadEngine(log: Log | undefined): Promise<void> {
  await fetch(SITE, { method: "HEAD", signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).catch(() => {
    throw new Error(`${new URL(SITE).host} can't be reached`);
  });
  await withProgress(log, `downloading pulumi ${ENGINE_VERSION}`, () =>
    fillCache("the official download", async (work) => {
      // A process of its own, because the Automation API takes no time limit.
      const script = fileURLToPath(new URL("./download-child.mts", import.meta.url));
      await run(process.execPath, [script, ENGINE_VERSION, work], {
        env: { ...process.env, TMPDIR: work }, // what it leaves when it is killed goes with the work folder
        limitMs: DOWNLOAD_LIMIT_MS,
      });
    }),
  );
}
