import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { newProject, newSandbox } from "../support/stack";

let journal: string;

beforeEach(() => {
  journal = mkdtempSync(join(tmpdir(), "vercel-credits-shared-journal-"));
});

afterEach(() => rmSync(journal, { recursive: true, force: true }));

/** Stacks of one organisation: one sandbox, one journal, one limit. */
async function stacks(count: number, limit: number) {
  const sandbox = await newSandbox();
  const env = { VERCEL_API_URL: sandbox.url, VERCEL_CREDITS_JOURNAL: journal };
  const projects = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const project = await newProject(env);
      project.config("vercelCredits:maxAmountPerMonth", `${limit}`);
      project.declare({ name: `of-${index}` });
      return project;
    }),
  );
  return { sandbox, projects };
}

test("the month's budget holds for all stacks with one journal: the preview says what is used, in this update, and left, or why not", async () => {
  const { sandbox, projects } = await stacks(2, 250);
  const [first, second] = projects as [(typeof projects)[0], (typeof projects)[0]];

  first.declare({ name: "a" }, { name: "b" });
  const preview = await first.preview();
  expect(preview.output).toMatch(
    /📅 \w+ \d{4} \(UTC\): \$0\.00 used, \$200\.00 in this update, \$50\.00 of \$250\.00 left\./,
  );
  await first.mustRun("up", "--yes", "--skip-preview");

  const refused = await second.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(
    /amount \(\$100\.00\) brings \w+ \d{4} \(UTC\) to \$300\.00, and vercelCredits:maxAmountPerMonth allows \$250\.00/,
  );
  expect(sentencesOf(refused)).toEqual([NOTHING_CHARGED]);
  const stopped = await second.up("--skip-preview");
  expect(stopped.code).not.toBe(0);
  expect(sentencesOf(stopped)).toEqual([NOTHING_CHARGED]);
  expectReadable(stopped);
  expect(second.outputs("of-1")).toBeUndefined();

  // A plain re-run is enough once there is room.
  second.config("vercelCredits:maxAmountPerMonth", "300");
  await second.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.requests()).toHaveLength(3);
});

test("six stacks at once, under a limit for three: three are charged", async () => {
  const { sandbox, projects } = await stacks(6, 300);

  const runs = await Promise.all(projects.map((project) => project.up("--skip-preview")));

  expect(sandbox.charges()).toHaveLength(3);
  expect(runs.filter(({ code }) => code === 0)).toHaveLength(3);
  for (const run of runs.filter(({ code }) => code !== 0)) {
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(run.output).toContain("maxAmountPerMonth");
  }
});
