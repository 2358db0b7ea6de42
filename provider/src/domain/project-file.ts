import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names that Pulumi knows for a project's file. */
const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The project that a folder belongs to, and the backend that its file names, if it names one. */
export function projectFile(
  from: string,
): { readonly folder: string; readonly backend: string | undefined } | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const name of NAMES) {
      const text = textOf(join(folder, name));
      if (text !== undefined) return { folder, backend: backendIn(text) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function backendIn(text: string): string | undefined {
  // Loaded only where the journal is at the backend. YAML holds JSON, too.
  const { parse } = require("yaml") as typeof import("yaml");
  const project = parse(text) as { backend?: { url?: unknown } } | null;
  return typeof project?.backend?.url === "string" ? project.backend.url : undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
