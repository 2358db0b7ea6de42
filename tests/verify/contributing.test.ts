import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";
import { run } from "../support/run";

/** The blocks that are whole test files, by the folder that their first line names. */
const BLOCKS = [
  ...readFileSync("CONTRIBUTING.md", "utf8").matchAll(/^```ts\n(\/\/ tests\/(\w+)[\s\S]*?)^```$/gm),
]
  .map(([, text = "", folder = ""]) => ({ text, folder }))
  .filter(({ text }) => text.includes("\ntest("));

const runner = join(ROOT, "node_modules/jest/bin/jest.js");

/** Runs a test file that is there for this run alone. */
function passes(folder: string, text: string): void {
  const file = join(ROOT, "tests", folder, "as-shown.test.ts");
  writeFileSync(file, text);
  try {
    run(ROOT, process.execPath, [runner, file]);
  } finally {
    rmSync(file);
  }
}

test("a case of each of three layers is shown", () => {
  expect(BLOCKS.map(({ folder }) => folder)).toEqual(["unit", "program", "process"]);
});

test.each(BLOCKS)("the case of tests/$folder passes as it is shown", ({ folder, text }) => {
  passes(folder, text);
});

test.each(["engine", "verify"])("and the one of the process on the engine, in tests/%s", (folder) => {
  const { text = "" } = BLOCKS.find((block) => block.folder === "process") ?? {};
  passes(folder, text.replaceAll("sandboxAndModel", "sandboxAndProject"));
});
