import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./project.mts";
import { run } from "./run";

const { devDependencies } = require("../../package.json");
const { peerDependencies } = require("../../provider/package.json");

export const NEWEST_SDK: string = devDependencies["@pulumi/pulumi"];
export const OLDEST_SDK: string = peerDependencies["@pulumi/pulumi"].replace("^", "");

const PNPM = "pnpm@12.21.0";
const YARN = "@yarnpkg/cli-dist@4.18.1";
/** The newest Node that the registry's packages bring for this platform, beside the one that runs this. */
const NODE_24 = `node-${process.platform}-${process.arch}@24.21.0`;

/** A folder of projects that use the package as others do: from its tarball, by each package manager. */
export class Consumers {
  readonly folder = mkdtempSync(join(tmpdir(), "vercel-credits-consumers-"));
  readonly #tarball: string;

  /** Packs the package, and installs the package managers and the other Node. */
  constructor() {
    this.#write("tools/package.json", { private: true });
    const [{ filename }] = JSON.parse(
      this.#npm(".", "pack", join(ROOT, "provider"), "--json", "--ignore-scripts"),
    );
    this.#tarball = join(this.folder, filename);
    this.#npm("tools", "install", PNPM, YARN, NODE_24);
  }

  get node24(): string {
    return join(this.folder, "tools/node_modules", NODE_24.replace(/@.*/, ""), "bin/node");
  }

  npm(name: string, sdk: string): string {
    this.#write(`${name}/package.json`, { private: true });
    this.#npm(name, "install", this.#tarball, `@pulumi/pulumi@${sdk}`);
    return join(this.folder, name, "node_modules");
  }

  pnpm(name: string, sdk: string): string {
    this.#write(`${name}/package.json`, this.#using(`file:${this.#tarball}`, sdk));
    this.#write(`${name}/pnpm-workspace.yaml`, this.#pnpmSettings());
    this.#pnpm(name);
    return join(this.folder, name, "node_modules");
  }

  yarn(name: string, sdk: string): string {
    this.#write(`${name}/package.json`, this.#using(`file:${this.#tarball}`, sdk));
    this.#write(`${name}/.yarnrc.yml`, this.#yarnSettings());
    this.#write(`${name}/yarn.lock`, "");
    this.#run(name, process.execPath, [
      join(this.folder, "tools/node_modules/@yarnpkg/cli-dist/bin/yarn.js"),
      "install",
    ]);
    return join(this.folder, name, "node_modules");
  }

  /** A workspace with the package's own source beside the program, and a link to it. */
  npmWorkspace(name: string, sdk: string): string {
    this.#workspace(name, sdk, "*");
    this.#write(`${name}/package.json`, { private: true, workspaces: ["credits", "infra"] });
    this.#npm(name, "install");
    return join(this.folder, name, "node_modules");
  }

  pnpmWorkspace(name: string, sdk: string): string {
    this.#workspace(name, sdk, "workspace:*");
    this.#write(`${name}/package.json`, { private: true });
    this.#write(`${name}/pnpm-workspace.yaml`, `packages: [credits, infra]\n${this.#pnpmSettings()}`);
    this.#pnpm(name);
    return join(this.folder, name, "infra/node_modules");
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #workspace(name: string, sdk: string, version: string): void {
    mkdirSync(join(this.folder, name, "credits"), { recursive: true });
    this.#run(name, "tar", ["-xzf", this.#tarball, "-C", "credits", "--strip-components=1"]);
    this.#write(`${name}/infra/package.json`, { name: "infra", ...this.#using(version, sdk) });
  }

  #using(version: string, sdk: string) {
    return {
      private: true,
      dependencies: { "pulumi-vercel-credits": version, "@pulumi/pulumi": sdk },
    };
  }

  /** The SDK's dependency protobufjs has a script that nobody needs; pnpm asks about each. */
  #pnpmSettings(): string {
    return `strictDepBuilds: false\nstoreDir: ${join(this.folder, "store")}\n`;
  }

  /** In CI yarn writes no lock file unless told to; and it doesn't read from npm's settings where packages come from. */
  #yarnSettings(): string {
    const registry = new URL(this.#npm(".", "config", "get", "registry").trim());
    return JSON.stringify({
      nodeLinker: "node-modules",
      enableTelemetry: false,
      enableGlobalCache: false,
      enableImmutableInstalls: false,
      npmRegistryServer: registry.href,
      unsafeHttpWhitelist: [registry.hostname],
    });
  }

  #pnpm(name: string): void {
    this.#run(name, join(this.folder, "tools/node_modules/.bin/pnpm"), ["install", "--no-frozen-lockfile"]);
  }

  #npm(folder: string, ...args: string[]): string {
    return this.#run(folder, "npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"]);
  }

  #run(folder: string, file: string, args: readonly string[]): string {
    return run(join(this.folder, folder), file, args);
  }

  #write(file: string, content: string | object): void {
    const path = join(this.folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
}
