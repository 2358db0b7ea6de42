import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { MUTATIONS } from "../tests/mutations/all.mts";
import type { Mutation } from "../tests/mutations/mutation.mts";
import { type Ran, runJest } from "../tests/mutations/run-jest.mts";
import { Tree } from "../tests/mutations/tree.mts";

/**
 * `npm run mutations [-- WORD]`: breaks the guards of the contract, one at a time and each in a copy of the repository, and
 * demands that a test which `npm test` runs fails by an assertion. With a word, those that have it in their file, in what is
 * broken or in the test's file. `tests/model/guards.test.ts` does the same with guards that several modules make together.
 *
 * By hand rather than by a tool that changes every expression: what is asked is whether each promise has a test, by its name
 * and within minutes, and not how much of all code has one; and no such tool reaches into provider processes.
 */
const word = process.argv[2] ?? "";
const chosen = MUTATIONS.filter(({ file, broken, caughtBy }) =>
  `${file} ${broken} ${caughtBy}`.toLowerCase().includes(word.toLowerCase()),
);
if (chosen.length === 0) {
  console.error(`mutations: none has "${word}" in its file, in what is broken or in its test's file.`);
  process.exit(2);
}
const env = { ...process.env, FORCE_COLOR: "0" };
const limitMs = 90_000;

type Verdict = { readonly caught: string } | { readonly survived: string };

/** What is wrong by itself, and what takes too long, is not what a guarantee is tested by. */
const NO_ASSERTION =
  /^(SyntaxError|ReferenceError|TypeError|Error: Cannot find module)|^thrown: "Exceeded timeout/;

function verdictOn({ passed, failures, problem }: Ran): Verdict {
  if (problem !== undefined) return { survived: problem };
  const failure = failures.find(({ message }) => !NO_ASSERTION.test(message));
  if (failure) return { caught: failure.test };
  if (failures[0]) return { survived: `it failed by no assertion: ${failures[0].message.slice(0, 300)}` };
  return { survived: passed === 0 ? "no test has that name" : `${passed} tests passed` };
}

async function judge(tree: Tree, { file, text, replacement, caughtBy, named }: Mutation): Promise<Verdict> {
  if (caughtBy.startsWith("verify/")) return { survived: "npm test does not run that file" };
  if (!existsSync(`tests/${caughtBy}`)) return { survived: "there is no such file" };
  try {
    return await tree.broken(file, text, replacement, async () =>
      verdictOn(await runJest(tree.folder, { files: [caughtBy], named, env, limitMs })),
    );
  } catch (error) {
    return { survived: (error as Error).message };
  }
}

/** The same tests with no guard broken: one that fails all the same would catch anything. */
async function whatFailsAnyway(tree: Tree): Promise<string | undefined> {
  const whole = new Set(chosen.filter(({ named }) => named === undefined).map(({ caughtBy }) => caughtBy));
  const parts = chosen.filter(({ caughtBy }) => !whole.has(caughtBy));
  const runs = [
    { files: [...whole] },
    {
      files: [...new Set(parts.map(({ caughtBy }) => caughtBy))],
      named: parts.map(({ named }) => `(${named})`).join("|"),
    },
  ].filter(({ files }) => files.length > 0);
  for (const run of runs) {
    const { failures, problem } = await runJest(tree.folder, { ...run, env, limitMs: 10 * limitMs });
    if (problem !== undefined || failures[0])
      return problem ?? `${failures[0]?.test}: ${failures[0]?.message}`;
  }
  return undefined;
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const trees = Array.from({ length: Math.min(2, availableParallelism()) }, () => new Tree());
process.once("exit", () => {
  for (const tree of trees) tree.remove();
});

const queue = [...chosen];
let survived = 0;
async function work(tree: Tree): Promise<void> {
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    const start = Date.now();
    const verdict = await judge(tree, one);
    const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`.padStart(7);
    if ("survived" in verdict) survived++;
    console.log(
      "caught" in verdict
        ? `caught   ${seconds}  ${one.broken} (${one.file}), by ${one.caughtBy}: ${verdict.caught}`
        : `SURVIVED ${seconds}  ${one.broken} (${one.file}), in ${one.caughtBy}: ${verdict.survived}`,
    );
  }
}
await Promise.all(trees.map(work));

const [tree] = trees as [Tree];
const anyway = await whatFailsAnyway(tree);
if (anyway !== undefined) {
  survived++;
  console.log(`SURVIVED: with no guard broken a test fails all the same: ${anyway}`);
}
console.log(`Mutations:   ${chosen.length - survived} caught, ${survived} survived`);
process.exitCode = survived > 0 ? 1 : 0;
