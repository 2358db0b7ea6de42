import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { linkedModules } from "../support/linked-modules.mts";
import { ROOT } from "../support/project.mts";

/** What tests read. */
const COPIED = [
  ...["jest.config.cjs", "package.json", "tsconfig.json", "tsconfig.base.json", ".dependency-cruiser.cjs"],
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "action.yml"],
  ...["docs", "examples", "provider", "tests", "tools"],
];

/** A copy of the repository, in which one guard at a time is broken. */
export class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), "vercel-credits-mutations-"));

  constructor() {
    for (const name of COPIED) {
      cpSync(join(ROOT, name), join(this.folder, name), {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
    }
    linkedModules(this.folder, join(this.folder, "provider"));
  }

  /**
   * Replaces a text of a source file while `act` runs, and in what was built of it, which is what a provider process loads.
   * Throws where the text isn't there exactly once.
   */
  async broken<T>(file: string, text: string, replacement: string, act: () => Promise<T>): Promise<T> {
    const source = join(this.folder, "provider/src", file);
    const built = join(this.folder, "provider/dist", file.replace(/[.]ts$/, ".js"));
    const [before, builtBefore] = [readFileSync(source, "utf8"), readFileSync(built, "utf8")];
    const found = before.split(text).length - 1;
    if (found !== 1) throw new Error(`the guard has moved: not once but ${found} times there is ${text}`);
    const after = before.replace(text, () => replacement);
    try {
      writeFileSync(source, after);
      writeFileSync(built, compiled(after));
      return await act();
    } finally {
      writeFileSync(source, before);
      writeFileSync(built, builtBefore);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As the build does it, without a look at the types: what is broken may be wrong there, too. */
function compiled(text: string): string {
  const { target, module } = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.Node20 };
  // By this ending it is CommonJS, as the package is.
  return ts.transpileModule(text, { fileName: "guard.cts", compilerOptions: { target, module } }).outputText;
}
