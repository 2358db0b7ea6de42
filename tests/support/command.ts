import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "../../tools/pulumi-project.mts";

/** The real command, beside whatever else the test runs. It never shows a stack trace. */
export async function command(args: readonly string[], env: NodeJS.ProcessEnv, cwd = ROOT) {
  const child = spawn(process.execPath, [join(ROOT, "provider/dist/cli/main.js"), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect(stdout + stderr).not.toMatch(/^\s+at /m);
  return { status, stdout, stderr };
}
