import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { type ProjectOptions, ROOT, type Run } from "./project.mts";
import { closeLater, lastingProject } from "./stack";

/** Runs an example as a user would, from a copy, so that its folder stays clean. */
export async function runExample(
  name: string,
  config: Record<string, string> = {},
  options: Pick<ProjectOptions, "modules"> = {},
): Promise<{
  run: Run;
  charges: Pick<ReturnType<Sandbox["charges"]>[number], "team" | "creditType" | "amount">[];
}> {
  const sandbox = await startSandbox();
  closeLater(() => sandbox.close());
  const project = lastingProject({ VERCEL_API_URL: sandbox.url }, options);
  closeLater(() => project.close());
  rmSync(join(project.folder, "index.js"));
  const copy = (from: string, to: string) =>
    cpSync(join(ROOT, from), join(project.folder, to), {
      recursive: true,
      filter: (file) => !file.includes("node_modules"),
    });
  if (name === "quickstart") {
    // The root's own project, whose program is the quickstart.
    copy("Pulumi.yaml", "Pulumi.yaml");
    copy("examples/quickstart", "examples/quickstart");
  } else {
    copy(join("examples", name), ".");
  }
  project.init();
  for (const [key, value] of Object.entries(config)) project.config(key, value);
  const run = await project.up("--skip-preview");
  return {
    run,
    charges: sandbox.charges().map(({ team, creditType, amount }) => ({ team, creditType, amount })),
  };
}
