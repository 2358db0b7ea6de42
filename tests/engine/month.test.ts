import { stacksOfMonth } from "../support/month";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";

test("the month's budget holds for all stacks with one journal: the preview says what is used, in this update, and left, or why not", async () => {
  const { sandbox, first, second } = await stacksOfMonth(2, 250);

  first.declare({ name: "a" }, { name: "b" });
  const preview = await first.preview();
  expect(preview.output).toMatch(
    /📅 \w+ \d{4} \(UTC\) at the sandbox: \$0\.00 used, \$200\.00 in this update, \$50\.00 of \$250\.00 left\./,
  );
  await first.mustRun("up", "--yes", "--skip-preview");

  const refused = await second.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(
    /amount \(\$100\.00\) brings \w+ \d{4} \(UTC\) at the sandbox to \$300\.00, and vercelCredits:maxAmountPerMonth allows \$250\.00/,
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
  const { sandbox, projects } = await stacksOfMonth(6, 300);

  const runs = await Promise.all(projects.map((project) => project.up("--skip-preview")));

  expect(sandbox.charges()).toHaveLength(3);
  expect(runs.filter(({ code }) => code === 0)).toHaveLength(3);
  for (const run of runs.filter(({ code }) => code !== 0)) {
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expect(run.output).toContain("maxAmountPerMonth");
  }
});
