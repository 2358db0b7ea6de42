/**
 * `node tools/with-setup.mjs NAME [ARGS...]` runs `tools/NAME.mts` from a fresh clone, with no step before: it
 * installs the npm packages, finds a new enough Node, builds the package. Each is skipped when it is done already.
 *
 * Plain JavaScript without dependencies, because it is what runs before there are any, on whatever Node there is.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");

const INSTALL_LIMIT_MS = 10 * 60_000;
const BUILD_LIMIT_MS = 2 * 60_000;

/** @type {(message: string) => never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

/**
 * Runs one step of the set-up; shows its output only if it fails.
 * @type {(what: string, command: string, args: string[], limitMs: number) => void}
 */
function step(what, command, args, limitMs) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    killSignal: "SIGKILL",
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
  });
  if (status === 0) return;
  const code = error && "code" in error ? error.code : undefined;
  let reason = error?.message ?? "";
  if (code === "ENOENT") reason = `there is no \`${command}\` on PATH`;
  if (code === "ETIMEDOUT") reason = `it took longer than ${limitMs / 60_000} minutes`;
  // npm shows where in its code it failed, even for a network that is down.
  const output = `${stdout ?? ""}${stderr ?? ""}`.split("\n").filter((line) => !/^npm error +at /.test(line));
  fail([`set-up: ${what} failed:`, output.join("\n").trim(), reason].filter(Boolean).join("\n"));
}

/**
 * Whether node_modules holds what package-lock.json asks for, going by the record that npm keeps of its last
 * install. A package for another platform is optional and may be missing.
 */
function isInstalled() {
  try {
    /** @type {(file: string) => Record<string, { version?: string, optional?: boolean }>} */
    const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const installed = packagesOf(join(modules, ".package-lock.json"));
    return Object.entries(packagesOf(join(root, "package-lock.json"))).every(
      ([path, { version, optional }]) => {
        const found = installed[path];
        return path === "" || (found ? found.version === version : optional === true);
      },
    );
  } catch {
    return false;
  }
}

function installPackages() {
  console.error("set-up: installing the npm packages ...");
  // The npm that runs us, if one does; `npm` on PATH may be another, or a batch file that can't be spawned.
  const npm = process.env.npm_execpath;
  const [command, before] = npm && basename(npm) === "npm-cli.js" ? [process.execPath, [npm]] : ["npm", []];
  // Whatever the user's settings: tools and the Node binary are needed, and the Node that runs npm may be older.
  const flags = ["--include=dev", "--include=optional", "--engine-strict=false", "--loglevel=error"];
  // With a lock file this installs what `npm ci` would, but doesn't refuse a lock that was written where the
  // optional binaries for other platforms can't be had, and doesn't empty node_modules under a running command.
  const install = ["install", "--no-save", "--no-audit", "--no-fund", ...flags];
  step("npm install", command, [...before, ...install], INSTALL_LIMIT_MS);
}

/**
 * The Node to use: the user's if it runs TypeScript as it is (22.18 and later), else the one the npm packages
 * bring. `npm run` puts node_modules/.bin first on PATH, so the running one may be a Node of ours under test there,
 * not the user's; npm tells which one that is.
 */
function findNode() {
  const bundled = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");
  const users = [process.env.npm_node_execpath, process.execPath].filter(
    (file) => !file?.startsWith(modules + sep),
  );
  for (const file of [...users, bundled]) {
    if (!file || !existsSync(file)) continue;
    const script = "process.exit(process.features.typescript ? 0 : 1)";
    if (spawnSync(file, ["-e", script], { stdio: "ignore", timeout: 20_000 }).status === 0) return file;
  }
  return fail(
    `set-up: Node 22.18 or later is needed; this is ${process.version}, and the npm packages bring none for ` +
      `${process.platform}-${process.arch}. Install one (https://nodejs.org) and try again.`,
  );
}

const [name = "", ...args] = process.argv.slice(2);
const script = join(root, "tools", `${name}.mts`);
if (!/^[\w-]+$/.test(name) || !existsSync(script)) {
  fail("usage: node tools/with-setup.mjs NAME [ARGS...] runs tools/NAME.mts; package.json lists the names");
}

if (!isInstalled()) installPackages();
const node = findNode();
step(
  "building the package",
  node,
  [join(modules, "typescript/bin/tsc"), "--build", "provider"],
  BUILD_LIMIT_MS,
);

// Pulumi's own scripts call the `node` on PATH.
const path = [dirname(node), process.env.PATH].join(delimiter);
const child = spawn(node, [script, ...args], { stdio: "inherit", env: { ...process.env, PATH: path } });
// Ctrl-C on a terminal reaches the child without us, and Pulumi takes a second one for "stop at once".
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => fail(`set-up: ${error.message}`));
child.on("close", (status, signal) => {
  process.exitCode = status ?? 128 + (signal ? constants.signals[signal] : 0);
});
