import { randomInt } from "node:crypto";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import type { CrashPoint } from "../../provider/src/charge/crash-points";
import { ModelledProject } from "./modelled-project";
import { type Declared, Project, type ProjectOptions, type Run } from "./project.mts";
import { NOTHING_CHARGED, sentencesOf } from "./sentences";

/** On the engine, or on the model of it. */
export type AnyProject = Project | ModelledProject;

/** A project on the engine that the set-up found, closed at the end of the test. */
export async function newProject(...[env, options]: Parameters<typeof lastingProject>): Promise<Project> {
  const project = lastingProject(env, options);
  opened.push(() => project.close());
  return project.init();
}

/** The same without a stack yet, to be closed by whoever made it. */
export function lastingProject(
  env: Record<string, string> = {},
  options: Omit<ProjectOptions, "engine" | "env"> = {},
): Project {
  const engine = process.env.TEST_ENGINE;
  if (!engine) throw new Error("TEST_ENGINE is not set: run the tests with npm test");
  const quick = options.modules === undefined && options.node === undefined;
  return new Project({ engine, env, quick, ...options });
}

/** A sandbox, closed at the end of the test. */
export async function newSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  opened.push(() => sandbox.close());
  return sandbox;
}

/** A sandbox and a project that buys from it. */
export async function sandboxAndProject(...[env, options]: Parameters<typeof newProject>) {
  const sandbox = await newSandbox();
  const project = await newProject({ VERCEL_API_URL: sandbox.url, ...env }, options);
  project.declare({});
  return { sandbox, project };
}

/** A project on the model of the engine, closed at the end of the test. */
export function newModel(env: Record<string, string> = {}): ModelledProject {
  const project = new ModelledProject(env);
  opened.push(() => project.close());
  project.declare({});
  return project;
}

/** A sandbox and a project on the model of the engine that buys from it. */
export async function sandboxAndModel(env: Record<string, string> = {}) {
  const sandbox = await newSandbox();
  return { sandbox, project: newModel({ VERCEL_API_URL: sandbox.url, ...env }) };
}

/** The address of a sandbox that isn't there yet, so that nothing can be sent to it; `open` lets it listen. */
export async function sandboxLater() {
  // Not one of those that the system gives to whoever asks for any, or another process could have it meanwhile.
  const port = randomInt(20_000, 32_000);
  const before = await startSandbox({ port });
  await before.close();
  const open = async () => {
    const sandbox = await startSandbox({ port });
    opened.push(() => sandbox.close());
    return sandbox;
  };
  return { url: before.url, open };
}

/** A purchase whose request never left: nobody listened. Now a sandbox listens where it would have gone. */
export async function neverSent<P extends AnyProject>(
  newOne: (env: Record<string, string>) => P | Promise<P>,
  env: Record<string, string> = {},
  args: Declared["args"] = {},
) {
  const { url, open } = await sandboxLater();
  const project = await newOne({ VERCEL_API_URL: url, ...env });
  // Its preflight check would stop it before anything is kept.
  project.config("vercelCredits:preflight", "off");
  project.declare({ args });
  const run = await project.up("--skip-preview");
  expect(run.code).not.toBe(0);
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expect(project.outputs()).toMatchObject({ outcome: "notSent", status: "notSent" });
  return { project, sandbox: await open() };
}

/** What holds where no journal can prove more: the contract's last column. */
export const NO_JOURNAL = { VERCEL_CREDITS_JOURNAL: "off" };

/** A sandbox and a project whose provider processes are written down, so that they can be killed. */
export async function watched(env: Record<string, string> = {}) {
  const both = await sandboxAndProject(env);
  watch(both.project);
  return both;
}

/** From now on its provider processes are written down. */
export function watch(project: AnyProject): void {
  project.preload("in-provider");
  project.env.TEST_WATCH_FOLDER = project.folder;
}

/** One purchase that is in doubt: it was charged, and its answer was lost. Nothing of it is protected. */
export async function inDoubt(...[env, options]: Parameters<typeof newProject>) {
  const both = await sandboxAndProject(env, options);
  both.project.declare({ opts: { protect: false } });
  both.sandbox.misbehave("cut-after-charge");
  await both.project.up("--skip-preview");
  return both;
}

/** The folder of the project's own journal. */
export function journalOf(project: { readonly folder: string }): string {
  return join(project.folder, "home/vercel-credits/journal");
}

/** An update whose provider process ends at a named point of a purchase. */
export async function upCrashingAt(project: AnyProject, point: CrashPoint): Promise<Run> {
  project.env.VERCEL_CREDITS_CRASH_AT = point;
  const run = await project.up("--skip-preview");
  delete project.env.VERCEL_CREDITS_CRASH_AT;
  expect(run.code).not.toBe(0);
  return run;
}

/** An update that makes resources anew: told so by `--replace`, or since they were tainted. */
export async function upAnew(project: Project, how: "--replace" | "taint", urn: string): Promise<Run> {
  if (how === "taint") await project.mustRun("state", "taint", urn, "--yes");
  return project.up("--skip-preview", ...(how === "taint" ? [] : ["--replace", urn]));
}

/** A copy of the project's journal as it is now, as a backup or a synced home makes one. */
export function copyJournal(project: { readonly folder: string }, name = "journal-copy"): string {
  const copy = join(project.folder, name);
  cpSync(journalOf(project), copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** Goes on when a file of the project is there. */
export async function whenWritten(project: Project, file: string, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!existsSync(join(project.folder, file))) {
    if (Date.now() > deadline) throw new Error(`${file} was not written`);
    await new Promise((look) => setTimeout(look, 20));
  }
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

/** At the end of the test, in the opposite order. */
export function closeLater(close: () => unknown): void {
  opened.push(close);
}

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
