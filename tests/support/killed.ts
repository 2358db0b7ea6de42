import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { Project } from "./project.mts";
import { ended, killProvider, providerOf, watched, whenRequested } from "./stack";

/**
 * An update whose command line alone is killed while the request is under way. Its provider process goes on, and has ended
 * by itself when this resolves.
 */
export async function killedWhileBuying(project: Project, sandbox: Sandbox): Promise<void> {
  // The answer must still be out when the command line is killed.
  sandbox.misbehave("slow", { milliseconds: 1000 });
  const run = project.start("up", "--yes", "--skip-preview");
  let provider = 0;
  await whenRequested(sandbox, () => {
    provider = providerOf(project);
    project.killAlone(run.process);
  });
  await run.ended;
  await project.unlock();
  expect(await ended(provider)).toBe(true);
}

/** A project whose provider process was killed while a request was under way that the endpoint never answers. */
export async function providerKilled(env: Record<string, string> = {}, ...names: string[]) {
  const { sandbox, project } = await watched(env);
  if (names.length > 0) project.declare(...names.map((name) => ({ name, opts: { protect: false } })));
  sandbox.misbehave("never-answer");
  const run = project.start("up", "--yes", "--skip-preview");
  await whenRequested(sandbox, () => killProvider(project));
  expect((await run.ended).code).not.toBe(0);
  return { sandbox, project };
}
