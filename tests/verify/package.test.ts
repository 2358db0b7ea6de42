import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Consumers, NEWEST_SDK, OLDEST_SDK } from "../support/consumers";
import { ROOT } from "../support/project.mts";
import { run } from "../support/run";
import { CHARGED } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

let consumers: Consumers;
/** The plain one: by npm, with the newest SDK. */
let modules: string;

beforeAll(() => {
  consumers = new Consumers();
  modules = consumers.npm("npm", NEWEST_SDK);
}, 300_000);

afterAll(() => consumers.close());

const COMMON_JS = `
const { CreditPurchase } = require("pulumi-vercel-credits");
exports.status = new CreditPurchase("credits", { creditType: "v0", amount: 7 }).status;`;

const ES_MODULE = `
import { CreditPurchase } from "pulumi-vercel-credits";
export const { status } = new CreditPurchase("credits", { creditType: "v0", amount: 7 });`;

const TYPESCRIPT = `
import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase, CreditPurchaseArgs, CreditType } from "pulumi-vercel-credits";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
const creditType: CreditType = "v0";
const args: CreditPurchaseArgs = { creditType, amount: pulumi.output(7) };
export const status: pulumi.Output<string> = new CreditPurchase("credits", args).status;
export const sandbox: string = typeof startSandbox;`;

test.each([
  ["publint", ["--strict", "provider"]],
  ["attw", ["--pack", "provider"]],
])("%s finds nothing in it", (tool, args) => {
  const file = join(ROOT, "node_modules/.bin", tool);
  expect(() => run(ROOT, process.execPath, [file, ...args])).not.toThrow();
});

interface Installed {
  readonly modules: string;
  readonly node?: string | undefined;
}

/** Buys with a program in a project that has these modules. */
async function buys({ modules: where, node }: Installed, main: string, program: string, manifest: object) {
  const { sandbox, project } = await sandboxAndProject({}, { modules: where, ...(node && { node }) });
  project.write("package.json", JSON.stringify({ name: "test", main, ...manifest }));
  mkdirSync(dirname(join(project.folder, main)), { recursive: true });
  project.write(main, program);

  const run = await project.up("--skip-preview");

  expect(run).toMatchObject({ code: 0, output: expect.stringContaining(CHARGED) });
  const charged = () => expect(sandbox.charges()).toMatchObject([{ creditType: "v0", amount: 7 }]);
  charged();
  const text = project.resource("CreditPurchase")?.inputs.__provider;
  expect(JSON.stringify(text).length).toBeLessThanOrEqual(300);
  return { project, charged };
}

/** The same, and finds nothing to do the second time: what is kept doesn't depend on how the program was loaded. */
async function buysOnce(...program: Parameters<typeof buys>) {
  const { project, charged } = await buys(...program);

  expect((await project.up("--skip-preview")).output).toContain("3 unchanged");
  charged();
}

const PROGRAMS: [string, string, string, object][] = [
  ["CommonJS", "index.js", COMMON_JS, {}],
  ["ES module", "index.js", ES_MODULE, { type: "module" }],
  ["TypeScript", "index.ts", TYPESCRIPT, {}],
];

describe("a program buys once", () => {
  describe.each<[string, () => string, (() => string)?]>([
    ["by npm", () => modules],
    ["by npm, on Node 24", () => modules, () => consumers.node24],
    ["by npm, with the oldest SDK", () => consumers.npm("oldest", OLDEST_SDK)],
  ])("installed %s", (_how, install, node) => {
    let installed: Installed;
    beforeAll(() => {
      installed = { modules: install(), node: node?.() };
    }, 300_000);

    test.each(PROGRAMS)("%s", (_kind, ...program) => buysOnce(installed, ...program));
  });

  test.each<[string, object, object]>([
    ["nodenext", { module: "nodenext" }, { type: "module" }],
    [
      "commonjs",
      { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0" },
      { type: "commonjs" },
    ],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }, { type: "module" }],
  ])("compiled from TypeScript as %s", async (_name, compilerOptions, manifest) => {
    const source = compile(TYPESCRIPT, compilerOptions, manifest);
    await buysOnce({ modules }, "index.js", source, manifest);
  });
});

/** What these differ in is where a package is found, which one run shows. */
describe.each<[string, () => string, (() => string)?]>([
  ["installed by pnpm", () => consumers.pnpm("pnpm", NEWEST_SDK)],
  [
    "installed by pnpm, with the oldest SDK, on Node 24",
    () => consumers.pnpm("pnpm-oldest", OLDEST_SDK),
    () => consumers.node24,
  ],
  ["installed by yarn", () => consumers.yarn("yarn", NEWEST_SDK)],
  ["linked in a workspace of npm", () => consumers.npmWorkspace("npm-workspace", NEWEST_SDK)],
  ["linked in a workspace of pnpm", () => consumers.pnpmWorkspace("pnpm-workspace", NEWEST_SDK)],
])("a program buys with the package %s", (_how, install, node) => {
  let installed: Installed;
  beforeAll(() => {
    installed = { modules: install(), node: node?.() };
  }, 300_000);

  test.each(PROGRAMS)("%s", async (_kind, ...program) => void (await buys(installed, ...program)));
});

let compiled = 0;

/** The JavaScript that the compiler makes of a program which uses the package. Throws where it doesn't compile. */
function compile(text: string, compilerOptions: object, manifest: object): string {
  const folder = join(consumers.folder, "npm", `compiled-${++compiled}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "program.ts"), text);
  const options = { strict: true, skipLibCheck: true, target: "es2023", types: ["node"], ...compilerOptions };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  const tsc = require.resolve("typescript/bin/tsc");
  run(folder, process.execPath, [tsc, "-p", folder]);
  return readFileSync(join(folder, "program.js"), "utf8");
}

/** Each second line is wrong, and doesn't compile if it isn't. */
const WRONG = `
import { CreditPurchase, CreditType } from "pulumi-vercel-credits";
// @ts-expect-error a credit type that there isn't
const creditType: CreditType = "gold";
// @ts-expect-error an amount as a text
const purchase = new CreditPurchase("a", { creditType: "v0", amount: "7" });
// @ts-expect-error an output is not assigned
purchase.orderId = purchase.status;`;

test("its types are exact: a wrong credit type, a text for an amount and a changed output don't compile", () => {
  expect(() => compile(WRONG, { module: "nodenext" }, { type: "module" })).not.toThrow();
});

/** Runs Node beside the installed package. */
const node = (...args: string[]) => run(dirname(modules), process.execPath, args);

test("its command runs", () => {
  const bin = join(modules, ".bin/pulumi-vercel-credits");
  expect(node(bin, "--version").trim()).toBe(require("../../provider/package.json").version);
  const help = node(bin, "--help");
  for (const command of ["sandbox", "journal", "review", "balance", "investigate", "receipts"]) {
    expect(help).toContain(command);
  }
});

test("its policies load without the provider's own packages around them", () => {
  const script =
    'console.log(require("pulumi-vercel-credits/policy").creditPolicies.map(({ name }) => name).join())';
  expect(node("-e", script)).toContain("credits-per-purchase,credits-per-stack");
});

test.each([
  ["pulumi-vercel-credits", ["axios", "zod", "hono", "big.js", "commander"]],
  ["pulumi-vercel-credits/lifecycle", ["@pulumi", "hono", "papaparse", "commander", "cli-table3"]],
])("%s loads nothing that it has no use for: none of %j", (name, useless) => {
  const script = `require("${name}"); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const loaded: string[] = JSON.parse(node("-e", script));
  const packages = new Set(loaded.map((file) => file.split("/node_modules/").at(-1)?.split("/")[0] ?? ""));
  expect(packages).toContain("pulumi-vercel-credits");
  expect(useless.filter((one) => packages.has(one))).toEqual([]);
});
