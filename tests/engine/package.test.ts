import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../tools/pulumi-project.mts";
import { sandboxAndProject } from "../support/stack";

const { devDependencies } = require("../../package.json");

/** An empty project with the packed package in it, as a user's `npm install` makes it. */
let consumer: string;
let packed: string[];

/** The newest Node that the registry's packages bring for this platform, beside the one that runs this. */
const NODE_24 = `node-${process.platform}-${process.arch}@24.9.0`;

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), "vercel-credits-consumer-"));
  const npm = (...args: string[]) =>
    execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: consumer,
      encoding: "utf8",
      timeout: 280_000,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const [{ filename, files }] = JSON.parse(npm("pack", join(ROOT, "provider"), "--json", "--ignore-scripts"));
  packed = files.map(({ path }: { path: string }) => path);
  writeFileSync(join(consumer, "package.json"), '{ "private": true }');
  npm("install", `./${filename}`, `@pulumi/pulumi@${devDependencies["@pulumi/pulumi"]}`, NODE_24);
}, 300_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

const COMMON_JS = `
const { CreditPurchase } = require("pulumi-vercel-credits");
exports.status = new CreditPurchase("credits", { creditType: "v0", amount: 7 }).status;`;

const ES_MODULE = `
import { CreditPurchase } from "pulumi-vercel-credits";
export const { status } = new CreditPurchase("credits", { creditType: "v0", amount: 7 });`;

const TYPESCRIPT = `
import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase, CreditPurchaseArgs, CreditType } from "pulumi-vercel-credits";
const creditType: CreditType = "v0";
const args: CreditPurchaseArgs = { creditType, amount: pulumi.output(7) };
export const status: pulumi.Output<string> = new CreditPurchase("credits", args).status;`;

test("the tarball holds what is needed and nothing else", () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "README.md",
      "package.json",
      "bin/pulumi-vercel-credits.js",
      "dist/index.js",
      "dist/index.d.ts",
    ]),
  );
  expect(
    packed.filter(
      (path) =>
        !/^(LICENSE|README\.md|package\.json|bin\/pulumi-vercel-credits\.js|dist\/[\w/-]+\.(js|d\.ts))$/.test(
          path,
        ),
    ),
  ).toEqual([]);
});

describe.each([
  ["the Node that runs this", () => process.execPath],
  ["Node 24", () => join(consumer, "node_modules", NODE_24.replace(/@.*/, ""), "bin/node")],
])("installed from its tarball, on %s", (_which, node) => {
  test.each([
    ["CommonJS", "index.js", COMMON_JS, {}],
    ["ES module", "index.js", ES_MODULE, { type: "module" }],
    ["TypeScript", "index.ts", TYPESCRIPT, {}],
  ])("a %s program buys once", async (_kind, main, program, manifest) => {
    expect(existsSync(node())).toBe(true);
    const { sandbox, project } = await sandboxAndProject(
      {},
      { modules: join(consumer, "node_modules"), node: node() },
    );
    project.write("package.json", JSON.stringify({ name: "test", main, ...manifest }));
    project.write(main, program);

    const first = await project.up();
    const second = await project.up("--skip-preview");

    expect(first).toMatchObject({ code: 0 });
    expect(second.output).toContain("3 unchanged");
    expect(sandbox.charges()).toMatchObject([{ creditType: "v0", amount: 7 }]);
    const text = project.resource("CreditPurchase")?.inputs.__provider;
    expect(JSON.stringify(text).length).toBeLessThanOrEqual(300);
  });
});

test("its types are exact: a wrong credit type, a string amount and a changed output don't compile", () => {
  const check = (text: string) => {
    writeFileSync(join(consumer, "program.ts"), text);
    const tsc = require.resolve("typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "node20", "--types", "node"];
    execFileSync(process.execPath, [tsc, ...flags, "program.ts"], {
      cwd: consumer,
      encoding: "utf8",
      stdio: "pipe",
    });
  };

  expect(() => check(TYPESCRIPT)).not.toThrow();
  expect(() => check(TYPESCRIPT.replace('= "v0"', '= "gold"'))).toThrow();
  expect(() => check(TYPESCRIPT.replace("pulumi.output(7)", '"7"'))).toThrow();
  expect(() => check(`${TYPESCRIPT}\nnew CreditPurchase("x", args).orderId = status;`)).toThrow();
});

test("its command runs", () => {
  const bin = join(consumer, "node_modules/.bin/pulumi-vercel-credits");
  const run = (...args: string[]) => execFileSync(process.execPath, [bin, ...args], { encoding: "utf8" });

  expect(run("--version").trim()).toBe(require("../../provider/package.json").version);
  for (const command of ["sandbox", "journal", "review"]) expect(run("--help")).toContain(command);
});

test("its policies load without the provider's own packages around them", () => {
  const script =
    'console.log(require("pulumi-vercel-credits/policy").creditPolicies.map(({ name }) => name).join())';
  expect(execFileSync(process.execPath, ["-e", script], { cwd: consumer, encoding: "utf8" })).toContain(
    "credits-per-purchase,credits-per-stack",
  );
});
