import { existsSync, readdirSync, readFileSync } from "node:fs";

const PAGES = ["CONTRIBUTING.md", "SECURITY.md", ...readdirSync("docs").map((file) => `docs/${file}`)].filter(
  (file) => file.endsWith(".md"),
);

const filesIn = (text: string) =>
  [...text.matchAll(/`(?:tests\/)?([\w-]+\/[\w/-]+\.test\.ts)`/g)].map(([, file]) => `${file}`);

test.each(PAGES)("%s names no test file that isn't there", (page) => {
  expect(filesIn(readFileSync(page, "utf8")).filter((file) => !existsSync(`tests/${file}`))).toEqual([]);
});

test("each guarantee is shown by a file that npm test runs", () => {
  const rows = readFileSync("docs/guarantees.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|") && filesIn(line).length > 0);
  const byVerifyAlone = rows.filter((row) => filesIn(row).every((file) => file.startsWith("verify/")));

  expect(rows.length).toBeGreaterThan(30);
  expect(byVerifyAlone).toEqual([]);
});
