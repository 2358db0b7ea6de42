import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-usage-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function command(...args: string[]): Promise<{ code: unknown; output: string }> {
  const bin = join(ROOT, "provider/bin/pulumi-vercel-credits.js");
  const options = { cwd: folder, env: { ...process.env, HOME: folder }, timeout: 30_000 };
  return new Promise((resolve) =>
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    ),
  );
}

test.each<[string[], string, string]>([
  [["reciepts"], "unknown command 'reciepts'", "pulumi-vercel-credits"],
  [["review", "--budgt", "5"], "unknown option '--budgt'", "pulumi-vercel-credits review"],
  [["journal", "settle"], "missing required argument 'order'", "pulumi-vercel-credits journal settle"],
  [["investigate"], "missing required argument 'order'", "pulumi-vercel-credits investigate"],
])("%j says who speaks, what is wrong and where to read on, and ends with 2", async (args, what, help) => {
  const { code, output } = await command(...args);

  expect(output).toContain(`pulumi-vercel-credits: ${what}`);
  expect(output).toContain(`\n\`${help} --help\` says what it takes.\n`);
  expect(output).not.toMatch(/^error:/m);
  expect(code).toBe(2);
});

test("a default that is no value is not shown as one", async () => {
  expect((await command("review", "--help")).output).not.toContain("[]");
});

test.each([
  ["receipts", "none.json", "there is no file none.json"],
  ["receipts", ".", ". is a folder, and not a file"],
  ["receipts", "cut.json", "cut.json can't be read as a stack: it was cut off"],
  ["receipts", "text.txt", "text.txt can't be read as a stack: it is not JSON"],
  ["review", "none.json", "there is no file none.json"],
  ["review", ".", ". is a folder, and not a file"],
])("%s %s: %s", async (name, file, says) => {
  writeFileSync(join(folder, "cut.json"), '{"version": 3, "deployment": {"resou');
  writeFileSync(join(folder, "text.txt"), "no stack");

  const { code, output } = await command(name, file);

  expect(output).toContain(says);
  expect(output).not.toMatch(/ENOENT|EISDIR/);
  expect(code).toBe(2);
});
