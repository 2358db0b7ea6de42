import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "./project.mts";
import { newProject, newSandbox } from "./stack";

const journals: string[] = [];

afterEach(() => {
  for (const journal of journals.splice(0)) rmSync(journal, { recursive: true, force: true });
});

/** Stacks of one organisation: one sandbox, one journal, one limit. */
export async function stacksOfMonth(count: number, limit: number) {
  const sandbox = await newSandbox();
  const journal = mkdtempSync(join(tmpdir(), "vercel-credits-shared-journal-"));
  journals.push(journal);
  const env = { VERCEL_API_URL: sandbox.url, VERCEL_CREDITS_JOURNAL: journal };
  const projects = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const project = await newProject(env);
      project.config("vercelCredits:maxAmountPerMonth", `${limit}`);
      project.declare({ name: `of-${index}` });
      return project;
    }),
  );
  const [first, second] = projects as [Project, Project];
  return { sandbox, projects, first, second };
}
