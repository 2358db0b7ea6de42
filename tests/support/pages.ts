import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { Reader } from "./reader";
import { CHARGED } from "./sentences";

/** What a reader does with a block of a page. */
export interface Step {
  /** How the block begins. */
  readonly at: string;
  /** The reader writes it into this file. */
  readonly into?: string;
  /** This file of the repository holds the same. */
  readonly as?: string;
  /** What the reader has done before, because the page's text says so. */
  readonly before?: (reader: Reader, sandbox: Sandbox) => unknown;
  /** It goes on in a terminal of its own. */
  readonly stays?: true;
  /** It ends with an error, as the page says. */
  readonly fails?: true;
  /** What is true afterwards. */
  readonly after?: (output: string, sandbox: Sandbox, reader: Reader) => unknown;
  /** The same block stands there, and is run there. */
  readonly runIn?: string;
  /** Why nobody runs it here. */
  readonly notRun?: string;
}

/** How every block of each page that is typed is run, in the page's order. */
export const PAGES: Record<string, Step[]> = {};

const dollars = (sandbox: Sandbox) => sandbox.charges().map(({ amount }) => amount);

/** What a page takes for done. */
async function given(reader: Reader, ...commands: string[]): Promise<void> {
  const { code, output } = await reader.type(commands.join("\n"));
  if (code !== 0) throw new Error(`${commands.join("\n")}\n${output}`);
}

/** A project with the packages installed, a stack, a token and a team. */
async function inAProject(reader: Reader, toAdd = false): Promise<void> {
  reader.has(toAdd);
  await given(reader, "pulumi stack init dev", "export VERCEL_API_TOKEN=sandbox VERCEL_TEAM=acme");
}

/** A program that declares these purchases: name, credit type, amount and anything more. */
function declare(reader: Reader, ...purchases: [string, string, number, object?][]): void {
  const lines = purchases.map(
    ([name, creditType, amount, more]) =>
      `new CreditPurchase("${name}", ${JSON.stringify({ creditType, amount, ...more })});`,
  );
  reader.write("index.ts", ['import { CreditPurchase } from "pulumi-vercel-credits";', ...lines].join("\n"));
}

const isHere = { before: (reader: Reader) => given(reader, "pulumi stack init dev") };

PAGES["README.md"] = [
  { at: "npm run demo", notRun: "these run the tests themselves; CI runs both on a fresh clone" },
  { at: "npm install", ...isHere },
  { at: 'import { CreditPurchase } from "pulumi-vercel-credits"', into: "index.ts" },
  { at: "$ pulumi preview", after: (_, sandbox) => expect(sandbox.requests()).toEqual([]) },
  { at: "$ pulumi up", after: (_, sandbox) => expect(dollars(sandbox)).toEqual([100]) },
  {
    at: "pulumi preview --save-plan",
    before: (reader) => declare(reader, ["gateway-2026-q4", "gateway", 100], ["v0-2026-q4", "v0", 50]),
    after: (_, sandbox) => expect(dollars(sandbox)).toEqual([100, 50]),
  },
  {
    at: "pulumi preview --json",
    before: (reader) =>
      declare(
        reader,
        ["gateway-2026-q4", "gateway", 100],
        ["v0-2026-q4", "v0", 50],
        ["agent-2026-q4", "agent", 20],
      ),
    after: (comment) => expect(comment).toContain("$20.00"),
  },
];

PAGES["provider/README.md"] = ["npm install", "$ pulumi preview", "$ pulumi up"].map((at) => ({
  at,
  runIn: "README.md",
}));

PAGES["CONTRIBUTING.md"] = [{ at: "npm test", notRun: "these run the tests themselves; CI runs them" }];

PAGES["docs/first-purchase.md"] = [
  { at: "npm install" },
  { at: "import { CreditPurchase }", into: "index.ts" },
  { at: "$ npx pulumi-vercel-credits sandbox", stays: true },
  {
    at: "export VERCEL_API_URL",
    after: (output) => expect(output).toContain(CHARGED),
  },
  { at: "unset VERCEL_API_URL" },
  {
    at: "export VERCEL_API_TOKEN=...",
    before: (reader) =>
      given(reader, "pulumi stack init dev", `export VERCEL_API_URL=${reader.env.VERCEL_API_URL}`),
  },
  { at: "$ pulumi preview" },
  { at: "$ pulumi up", after: (_, sandbox) => expect(dollars(sandbox)).toEqual([100]) },
];

PAGES["docs/sandbox.md"] = [
  { at: "$ npx pulumi-vercel-credits sandbox", before: (reader) => inAProject(reader), stays: true },
  {
    at: "curl",
    after: (output) => expect(output).toContain("cut after the charge"),
  },
];

PAGES["docs/review.md"] = [
  {
    at: "pulumi preview --json",
    before: async (reader) => {
      await inAProject(reader);
      declare(reader, ["gateway-2026-q4", "gateway", 100]);
    },
    after: (comment) => expect(comment).toContain("$100.00"),
  },
  {
    at: "pulumi preview --policy-pack",
    notRun: "the pack is this repository's own: tests/engine/policy.test.ts",
  },
  {
    at: "pulumi preview --save-plan",
    after: (output, sandbox) => {
      expect(output).toContain(CHARGED);
      expect(dollars(sandbox)).toEqual([100]);
    },
  },
];

PAGES["docs/ci.md"] = [
  {
    at: "pulumi config rm vercel:apiToken",
    before: async (reader) => {
      await inAProject(reader);
      await given(reader, "pulumi config set --secret vercel:apiToken secret");
    },
    after: async (_output, _sandbox, reader) => {
      const { output } = await reader.type("pulumi config");
      expect(output).not.toContain("apiToken");
    },
  },
];

PAGES["docs/upgrading.md"] = [
  {
    at: "npm install pulumi-vercel-credits@latest",
    before: async (reader) => {
      await inAProject(reader, true);
      declare(reader, ["gateway-2026-q4", "gateway", 100]);
      await given(reader, "pulumi up --skip-preview");
    },
    after: (output) => {
      expect(output).not.toContain("💳");
      expect(output).toContain("3 unchanged");
    },
  },
];

PAGES["docs/receipts.md"] = [
  {
    at: "$ npx pulumi-vercel-credits balance",
    before: async (reader, sandbox) => {
      await inAProject(reader);
      await given(reader, "export AI_GATEWAY_API_KEY=sandbox V0_API_KEY=sandbox");
      declare(reader, ["gateway-2026-q4", "gateway", 100]);
      await given(reader, "pulumi up --skip-preview");
      sandbox.misbehave("cut-after-charge");
      const both = (adopt?: string) =>
        declare(reader, ["gateway-2026-q4", "gateway", 100], ["v0-2026-q4", "v0", 50, { adopt }]);
      both();
      await reader.type("pulumi up --skip-preview");
      both(sandbox.charges().at(-1)?.intentId);
      await given(reader, "pulumi up --skip-preview");
    },
  },
  { at: "$ npx pulumi-vercel-credits balance --warn-below", fails: true },
  { at: "$ npx pulumi-vercel-credits receipts" },
  { at: "$ npx pulumi-vercel-credits receipts --purchase" },
];

PAGES["docs/after-a-crash.md"] = [
  {
    at: "$ npx pulumi-vercel-credits journal",
    fails: true,
    before: async (reader, sandbox) => {
      await inAProject(reader);
      const bought: [string, string, number, object?] = ["gateway-2026-q4", "gateway", 100];
      declare(reader, bought);
      await given(reader, "pulumi up --skip-preview");
      sandbox.misbehave("decline");
      declare(reader, bought, ["v0-2026-q4", "v0", 50]);
      await reader.type("pulumi up --skip-preview");
      const again: [string, string, number, object?] = ["v0-2026-q4", "v0", 50, { attempt: 2 }];
      declare(reader, bought, again);
      await given(reader, "pulumi up --skip-preview");
      sandbox.misbehave("cut-after-charge");
      declare(reader, bought, again, ["agent-2026-q4", "agent", 20]);
      await reader.type("pulumi up --skip-preview");
    },
  },
  {
    at: "$ npx pulumi-vercel-credits investigate",
    notRun: "its order is one of the reader's: tests/engine/evidence.test.ts",
  },
];

PAGES["docs/journal.md"] = [
  {
    at: "npm install @aws-sdk/client-s3",
    before: (reader) => inAProject(reader, true),
    after: async (_output, _sandbox, reader) => {
      expect((await reader.type("pulumi config")).output).toContain("s3://acme-credits/journal");
      await given(reader, "pulumi config rm vercelCredits:journal");
    },
  },
  {
    at: "$ npx pulumi-vercel-credits journal --since",
    before: async (reader) => {
      declare(reader, ["gateway-2026-q4", "gateway", 100]);
      await given(reader, "pulumi up --skip-preview");
      await given(reader, "pulumi stack init prod", "pulumi up --skip-preview");
    },
  },
  { at: "pulumi config set vercelCredits:maxAmountPerMonth" },
  {
    at: "$ pulumi preview",
    before: (reader) => declare(reader, ["gateway-2026-q4", "gateway", 100], ["v0-2026-q4", "v0", 50]),
  },
];

PAGES["docs/adopting.md"] = [
  {
    at: "npx pulumi-vercel-credits journal settle",
    notRun: "its orders are the reader's: tests/journal/command.test.ts",
  },
];

PAGES["docs/testing.md"] = [
  {
    at: "import * as pulumi",
    into: "index.ts",
    as: "examples/testing/index.ts",
    before: (reader) => reader.has(true),
  },
  {
    at: 'import assert from "node:assert/strict"',
    into: "index.test.ts",
    as: "examples/testing/index.test.ts",
  },
  { at: "$ node --test" },
  { at: "npm install --save-dev jest", before: (reader) => reader.leaveOut("index.test.ts", "node:test") },
  { at: "$ npx jest" },
];

PAGES["docs/automation-api.md"] = [
  {
    at: 'import { join } from "node:path"',
    into: "credits/up.mts",
    before: async (reader) => {
      await inAProject(reader);
      declare(reader, ["gateway-2026-q4", "gateway", 100]);
      reader.write(
        "index.ts",
        `${reader.read("index.ts").replace("new ", "const topUp = new ")}\nexport const outcome = topUp.outcome;`,
      );
      await given(reader, "cd ..");
    },
  },
  { at: "$ node credits/up.mts", after: (_, sandbox) => expect(dollars(sandbox)).toEqual([100]) },
  { at: "import { LocalWorkspace }", into: "credits/inline.mts" },
  { at: "$ node credits/inline.mts", after: (_, sandbox) => expect(dollars(sandbox)).toEqual([100, 100]) },
  { at: 'import assert from "node:assert/strict"', into: "credits/buys-once.test.mts" },
  { at: "$ node --test" },
];

PAGES["docs/policies.md"] = [
  {
    at: "mkdir credits-policy",
    before: async (reader) => {
      await inAProject(reader);
      await given(reader, "cd ..");
    },
  },
  { at: "runtime: nodejs", into: "PulumiPolicy.yaml" },
  { at: "import { PolicyPack }", into: "index.ts" },
  { at: "{", into: "limits.json" },
  {
    at: "import { CreditPurchase }",
    into: "index.ts",
    before: async (reader) => {
      reader.letPoliciesRun();
      await given(reader, "cd ../credits");
    },
  },
  {
    at: "$ pulumi preview --policy-pack",
    fails: true,
    after: (_, sandbox) => expect(sandbox.requests()).toEqual([]),
  },
];

PAGES["docs/monorepos.md"] = [
  {
    at: "$ pulumi preview",
    fails: true,
    before: async (reader) => {
      await given(
        reader,
        "mkdir -p ../tools ../repo/infra ../repo/packages/credits && cd ../tools",
        "npm install --prefix . pnpm@12.21.0",
        "export PATH_OF_TOOLS=$PWD/node_modules/.bin:$PATH_OF_TOOLS",
        "mv ../credits/Pulumi.yaml ../repo/infra && cd ../repo",
      );
      reader.write("package.json", '{ "private": true }');
      reader.write(
        "pnpm-workspace.yaml",
        "packages: [infra, packages/*]\nallowBuilds: { protobufjs: false }\n",
      );
      reader.write("packages/credits/package.json", '{ "name": "@acme/credits", "main": "index.js" }');
      reader.write(
        "packages/credits/index.js",
        `const { CreditPurchase } = require("pulumi-vercel-credits");
         exports.quarter = (name) => new CreditPurchase(name, { creditType: "gateway", amount: 100 });`,
      );
      const dependencies = { "@acme/credits": "workspace:*", "@pulumi/pulumi": "*" };
      reader.write("infra/package.json", JSON.stringify({ name: "infra", main: "index.ts", dependencies }));
      reader.write("infra/index.ts", 'import { quarter } from "@acme/credits"; quarter("gateway-2026-q4");');
      await given(
        reader,
        "cd packages/credits && pnpm add pulumi-vercel-credits @pulumi/pulumi",
        "cd ../../infra && pulumi stack init dev",
      );
    },
  },
  {
    at: "pnpm add",
    after: async (_output, _sandbox, reader) => {
      const { output } = await reader.type("pulumi preview");
      expect(output).toContain("💳 gateway-2026-q4");
    },
  },
];
