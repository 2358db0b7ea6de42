import { resolve } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { Project, type ProjectOptions } from "../../tools/pulumi-project.mts";

/** A project on the engine that the set-up found, closed at the end of the test. */
export async function newProject(
  env: Record<string, string> = {},
  options: Omit<ProjectOptions, "engine" | "env"> = {},
): Promise<Project> {
  const engine = process.env.TEST_ENGINE;
  if (!engine) throw new Error("TEST_ENGINE is not set: run the tests with npm test");
  const project = new Project({ engine, env, ...options });
  opened.push(() => project.close());
  return project.init();
}

/** A sandbox and a project that buys from it. */
export async function sandboxAndProject(...[env, options]: Parameters<typeof newProject>) {
  const sandbox: Sandbox = await startSandbox();
  opened.push(() => sandbox.close());
  const project = await newProject({ VERCEL_API_URL: sandbox.url, ...env }, options);
  project.declare({});
  return { sandbox, project };
}

/** What holds where no journal can prove more: the contract's last column. */
export const NO_JOURNAL = { VERCEL_CREDITS_JOURNAL: "off" };

/** A sandbox and a project whose provider processes are written down, so that they can be killed. */
export async function watched(env: Record<string, string> = {}) {
  const require = `--require ${resolve("tests/support/in-provider.cjs")}`;
  const both = await sandboxAndProject({ NODE_OPTIONS: require, ...env });
  both.project.env.TEST_WATCH_FOLDER = both.project.folder;
  return both;
}

/** The provider process of the newest run: its preview has one of its own. */
export function providerOf(project: Project): number {
  return Number(project.read("providers").trim().split("\n").at(-1));
}

export function killProvider(project: Project): void {
  process.kill(providerOf(project), "SIGKILL");
}

/** Goes on when a request has arrived and been judged, and charged where it is. */
export async function whenRequested(sandbox: Sandbox, act: () => void): Promise<void> {
  await sandbox.nextRequest();
  act();
}

/** Resolves when a process that is not a child of this one has ended by itself. */
export async function ended(pid: number, withinMs = 20_000): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((look) => setTimeout(look, 50));
  }
  return false;
}

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
