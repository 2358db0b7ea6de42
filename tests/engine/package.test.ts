import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runExample } from "../support/example";
import { linkedModules } from "../support/linked-modules.mts";
import { ROOT } from "../support/project.mts";
import { run } from "../support/run";
import { CHARGED } from "../support/sentences";

/** The package as it would be published, unpacked beside the packages that it needs; real installs are in `tests/verify`. */
let folder: string;
let modules: string;
let packed: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-packed-"));
  const [{ filename, files }] = JSON.parse(
    run(folder, "npm", ["pack", join(ROOT, "provider"), "--json", "--ignore-scripts"]),
  );
  packed = files.map(({ path }: { path: string }) => path);
  modules = linkedModules(folder);
  mkdirSync(join(modules, "pulumi-vercel-credits"));
  const into = ["-C", join(modules, "pulumi-vercel-credits"), "--strip-components=1"];
  run(folder, "tar", ["-xzf", join(folder, filename), ...into]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball holds what is needed and nothing else", () => {
  const needed = ["LICENSE", "README.md", "package.json", "bin/pulumi-vercel-credits.js"];
  expect(packed).toEqual(expect.arrayContaining([...needed, "dist/index.js", "dist/index.d.ts"]));
  expect(
    packed.filter((path) => !needed.includes(path) && !/^dist\/[\w/-]+\.(js|d\.ts)$/.test(path)),
  ).toEqual([]);
});

test("its command runs", () => {
  const bin = join(modules, "pulumi-vercel-credits/bin/pulumi-vercel-credits.js");
  expect(run(folder, process.execPath, [bin, "--version"]).trim()).toBe(
    require("../../provider/package.json").version,
  );
});

test("the example of the quickstart, in TypeScript, buys once with the package as it is published", async () => {
  const { run, charges } = await runExample("quickstart", {}, { modules });

  expect(run).toMatchObject({ code: 0, output: expect.stringContaining(CHARGED) });
  expect(charges).toEqual([{ team: "acme", creditType: "gateway", amount: 100 }]);
});
