import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Longer than any of them takes. */
const LIMIT_MS = 120_000;

/**
 * Runs a script with Vercel's packages, in an empty folder that is its home, too, and with nothing of this process's
 * environment: it reads and writes nothing of the user's, and has nobody to talk to but the sandbox.
 *
 * @param signal Ends it early, without a code.
 */
export async function runNode(
  modules: string,
  args: string[],
  signal?: AbortSignal,
): Promise<{ code: number | undefined; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "compare-"));
  copyFileSync(new URL("./sdk-client.mjs", import.meta.url), join(folder, "sdk-client.mjs"));
  symlinkSync(modules, join(folder, "node_modules"));
  const env = {
    PATH: dirname(process.execPath),
    HOME: folder,
    NO_COLOR: "1",
    NO_UPDATE_NOTIFIER: "1",
    VERCEL_CLI_USE_NATIVE_BINARY: "0",
    VERCEL_TELEMETRY_DISABLED: "1",
  };
  const ends = { timeout: LIMIT_MS, killSignal: "SIGKILL", ...(signal && { signal }) } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, env, ...ends }, (error, stdout, stderr) => {
      process.off("exit", end);
      rmSync(folder, { recursive: true, force: true });
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === "number" ? code : undefined, output: `${stdout}${stderr}` });
    });
    const end = () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    };
    process.once("exit", end);
    child.stdin?.end();
  });
}
