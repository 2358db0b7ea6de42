import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { printable } from "./domain/messages";
import { commandLineOf, environmentOf, parentOf } from "./domain/processes";

/** What the provider process loads: Pulumi's own script, and from there, by name, this package. */
const MODULES = {
  "@pulumi/pulumi": "@pulumi/pulumi/cmd/dynamic-provider",
  "pulumi-vercel-credits": "pulumi-vercel-credits/lifecycle",
};

/** The folder that the provider process will start in, and what it is given to look for modules elsewhere. */
interface Start {
  readonly folder: string;
  readonly nodePath: string | undefined;
}

// Before a program can change it; the language host says it, too, for one that did so already.
const started = startedIn() ?? process.cwd();

/** What is missing where, and what to install. */
interface Missing {
  readonly what: string;
  readonly firstDo: string;
}

let isComplete = false;

/**
 * Why the provider process of this program can't load what it needs; undefined where it can, or where nobody can tell.
 * Without this, Pulumi prints a stack trace, or waits for ever.
 */
export function missingModules(): Missing | undefined {
  if (isComplete) return undefined;
  const each = startsOf().map(missingFrom);
  // Of several stacks that are run at once, it can't be told which one this program is of.
  const isCertain = each.length > 0 && each.every((missing) => missing !== undefined);
  // An inline program of the same process may be run from elsewhere later.
  isComplete = !isCertain && isRunByPulumi();
  return isCertain ? each[0] : undefined;
}

function missingFrom({ folder, nodePath }: Start): Missing | undefined {
  const names = Object.entries(MODULES)
    .filter(([, module]) => !isFound(module, folder, nodePath))
    .map(([name]) => name);
  if (names.length === 0) return undefined;
  const them = names.length > 1 ? "them as direct dependencies" : "it as a direct dependency";
  return {
    what: `Its provider process is started in ${printable(folder)}, and can't load ${names.join(" and ")} from there.`,
    firstDo:
      `Install ${them} of the project in that folder (\`npm install ${names.join(" ")}\`, or with pnpm \`pnpm add ` +
      `${names.join(" ")}\`)${isRunByPulumi() ? "." : ", or name the folder that has them as main in the project's settings."}`,
  };
}

/** As Node does in a module of that folder, which Pulumi makes of the provider's text. */
function isFound(module: string, folder: string, nodePath: string | undefined): boolean {
  const elsewhere = (nodePath ?? "").split(process.platform === "win32" ? ";" : ":").filter(Boolean);
  const from = createRequire(join(folder, "provider.js"));
  try {
    from.resolve(module);
    return true;
  } catch {
    return elsewhere.some((one) => existsSync(join(one, ...module.split("/").slice(0, -1))));
  }
}

/** Whether Pulumi's command started this process, and not a program of the Automation API, or a test. */
function isRunByPulumi(): boolean {
  return process.env.PULUMI_NODEJS_MONITOR !== undefined;
}

function startedIn(): string | undefined {
  const args = commandLineOf("self");
  const flag = args.indexOf("--pwd");
  return flag === -1 ? undefined : args[flag + 1];
}

function startsOf(): Start[] {
  if (isRunByPulumi()) return [{ folder: started, nodePath: process.env.NODE_PATH }];
  return enginesOf().flatMap(({ cwd, nodePath }) => {
    const folder = programFolder(cwd);
    return folder === undefined ? [] : [{ folder, nodePath }];
  });
}

/** The folder of the program, as the project's settings name it, and so of the provider process. */
function programFolder(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    try {
      const settings = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
      const main = /^main:[ \t]*(["']?)(.*?)\1[ \t]*$/m.exec(settings)?.[2];
      if (main === undefined || main === "") return folder;
      const named = resolve(folder, main);
      return statSync(named).isDirectory() ? named : dirname(named);
    } catch {
      if (dirname(folder) === folder) return undefined;
    }
  }
}

/** The commands that an inline program is run by: they are its children. Known on Linux alone. */
function enginesOf(): { readonly cwd: string; readonly nodePath: string | undefined }[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === process.pid && isForInline(pid))
      .map((pid) => ({ cwd: readlinkSync(`/proc/${pid}/cwd`), nodePath: environmentOf(pid, "NODE_PATH") }));
  } catch {
    return [];
  }
}

/** The SDK tells the command by this where its program waits. */
function isForInline(pid: number): boolean {
  return commandLineOf(pid).some((part) => part.startsWith("--client="));
}
