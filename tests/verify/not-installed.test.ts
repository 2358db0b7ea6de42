import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Project, ROOT } from "../support/project.mts";
import { expectNoStackTrace } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

test("a package that only a dependency of the project has is named in one line, with what to install where", async () => {
  const { sandbox, project } = await sandboxAndProject();
  // As pnpm installs: the project has the SDK and a library, and the library alone has this package.
  const [modules, library] = ["node_modules", "library"].map((name) => join(project.folder, name)) as [
    string,
    string,
  ];
  rmSync(modules);
  mkdirSync(modules);
  mkdirSync(join(library, "node_modules/pulumi-vercel-credits"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules/@pulumi"), join(modules, "@pulumi"));
  for (const part of ["dist", "package.json"]) {
    cpSync(join(ROOT, "provider", part), join(library, "node_modules/pulumi-vercel-credits", part), {
      recursive: true,
    });
  }
  project.write("library/index.js", 'module.exports = require("pulumi-vercel-credits");');
  project.write(
    "index.js",
    'const { CreditPurchase } = require("./library"); new CreditPurchase("a", { creditType: "v0", amount: 7 });',
  );

  const { code, output } = await project.preview();

  expect(code).not.toBe(0);
  expect(output).toContain(
    `CreditPurchase "a" can't be bought. Its provider process is started in ${project.folder}, and can't load ` +
      "pulumi-vercel-credits from there. Nothing was charged. Install it as a direct dependency of the project in that folder " +
      "(`npm install pulumi-vercel-credits`, or with pnpm `pnpm add pulumi-vercel-credits`).",
  );
  expectNoStackTrace({ output });
  expect(sandbox.requests()).toHaveLength(0);
});

describe("an inline program of the Automation API", () => {
  const inline = (main?: string) => `
    const { LocalWorkspace } = require("@pulumi/pulumi/automation");
    const { CreditPurchase } = require("pulumi-vercel-credits");
    const program = async () => { new CreditPurchase("a", { creditType: "v0", amount: 7 }); };
    const projectSettings = { name: "inline", runtime: "nodejs", main: ${JSON.stringify(main)} };
    LocalWorkspace.createOrSelectStack(
      { stackName: "inline", projectName: "inline", program },
      ${main === undefined ? "undefined" : "{ projectSettings }"},
    )
      .then((stack) => stack.preview({ onOutput: console.log }))
      .then(() => console.log("It ended well."), () => console.log("It was refused."));`;

  let elsewhere: string;
  beforeEach(() => {
    elsewhere = mkdtempSync(join(tmpdir(), "vercel-credits-elsewhere-"));
  });
  afterEach(() => rmSync(elsewhere, { recursive: true }));

  async function started(project: Project, main?: string): Promise<string> {
    project.write("inline.js", inline(main));
    const child = spawn(process.execPath, [join(project.folder, "inline.js")], {
      cwd: elsewhere,
      env: project.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
      killSignal: "SIGKILL",
    });
    return (await Promise.all([text(child.stdout), text(child.stderr)])).join("");
  }

  test("that is started where its modules are not ends with one line, and never hangs", async () => {
    const { project } = await sandboxAndProject();

    const output = await started(project);

    expect(output).toContain("It was refused.");
    expect(output).toContain(
      `CreditPurchase "a" can't be bought. Its provider process is started in ${elsewhere}, and can't load ` +
        "@pulumi/pulumi and pulumi-vercel-credits from there. Nothing was charged.",
    );
    expect(output).toContain("or name the folder that has them as main in the project's settings.");
  });

  test("whose settings name the folder that has them runs from anywhere", async () => {
    const { project } = await sandboxAndProject();

    const output = await started(project, project.folder);

    expect(output).toContain("It ended well.");
    expect(output).toContain("💳 a: $7.00 of v0 credits");
  });
});
