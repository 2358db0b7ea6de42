import { join } from "node:path";
import { command } from "./command";
import type { Project } from "./project.mts";

/** A preview as in CI, where another machine's journal isn't at hand, in one of the two forms that Pulumi prints. */
export async function reviewOf(project: Project, { form = "document", journal = "own" } = {}) {
  const env = { ...project.env };
  if (journal === "none") project.env.VERCEL_CREDITS_JOURNAL = join(project.folder, "journal-of-ci");
  if (form === "stream") project.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW = "true";
  const { output } = await project.preview("--json");
  Object.assign(project.env, env);
  for (const key of ["VERCEL_CREDITS_JOURNAL", "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"]) {
    if (!(key in env)) delete project.env[key];
  }
  project.write("preview.json", output.slice(output.indexOf("{")));
  const args = ["review", join(project.folder, "preview.json"), "--format", "json", "--budget", "5000"];
  const { status, stdout, stderr } = await command(args, project.env, project.folder);
  return { status, total: status === 2 ? stderr : JSON.parse(stdout).total };
}
