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

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
