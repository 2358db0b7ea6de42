import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";
import { run } from "../support/run";

/** What the arrows of `.dependency-cruiser.cjs` say of a tree; it has to be where the rules look for it. */
function cruise(folder: string): { violations: { rule: { name: string } }[]; totalCruised: number } {
  const cli = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const config = join(ROOT, ".dependency-cruiser.cjs");
  const args = ["--config", config, "--output-type", "json", "--no-progress", "provider/src"];
  return JSON.parse(run(folder, process.execPath, [cli, ...args])).summary;
}

test("imports point one way", () => {
  const { violations, totalCruised } = cruise(ROOT);
  expect(violations).toEqual([]);
  expect(totalCruised).toBeGreaterThan(100);
});

test.each([
  ["journal", "lifecycle", "journal-points-one-way"],
  ["charge", "lifecycle", "charge-points-one-way"],
  ["review", "lifecycle", "review-points-one-way"],
  ["domain", "http", "domain-points-one-way"],
])("an arrow from %s back to %s is found", (from, to, rule) => {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-arrows-"));
  try {
    for (const part of [from, to]) mkdirSync(join(folder, "provider/src", part), { recursive: true });
    writeFileSync(
      join(folder, `provider/src/${from}/a.ts`),
      `import { b } from "../${to}/b";\nexport const a = b;\n`,
    );
    writeFileSync(join(folder, `provider/src/${to}/b.ts`), "export const b = 1;\n");
    expect(cruise(folder).violations.map((one) => one.rule.name)).toContain(rule);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
