import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ROOT } from "./project.mts";
import { expectNoStackTrace } from "./sentences";

/** The real command, beside whatever else the test runs. It never shows a stack trace. */
export async function command(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd = ROOT,
  /** What is piped in. */
  input?: string,
) {
  const child = spawn(process.execPath, [join(ROOT, "provider/dist/cli/main.js"), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    timeout: 60_000,
  });
  child.stdin?.end(input);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    ended,
  ]);
  expectNoStackTrace({ output: stdout + stderr });
  return { status, stdout, stderr };
}
