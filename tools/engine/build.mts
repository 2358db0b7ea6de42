import { chmod, copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENGINE_VERSION, fillCache } from "./cache.mts";
import { folderOnPath } from "./pieces.mts";
import { type Log, withProgress } from "./progress.mts";
import { run } from "./run.mts";

/** For one command. It takes about three minutes on two cores. */
const BUILD_LIMIT_MS = 30 * 60_000;

interface Command {
  name: string;
  /** The folder under `go/` whose `go.mod` and `go.sum` pin the source. */
  module: string;
  /** The Go package of the command. */
  source: string;
  /** What `-X` writes into the binary. Without it `pulumi version` is empty, which the Automation API refuses. */
  version: string;
  /** About how many packages a first build compiles, in this order: what the progress line counts towards. */
  packages: number;
}

/** The small one first: whatever is wrong with Go or the network shows after seconds. */
const COMMANDS: Command[] = [
  {
    name: "pulumi-language-nodejs",
    module: "nodejs-host",
    source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: "3.68.0",
    packages: 530,
  },
  {
    name: "pulumi",
    module: "cli",
    source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: ENGINE_VERSION,
    packages: 1430,
  },
];

/** Builds the engine from the published Go modules, checked against our `go.sum`, and puts it into the cache. */
export async function buildEngine(log: Log | undefined): Promise<void> {
  if ((await folderOnPath("go")) === undefined) throw new Error("there is no `go` on PATH");
  await fillCache("built from source", async (work) => {
    for (const command of COMMANDS) await build(command, work, log);
    await copyDynamicProviderScript(join(work, "bin"));
  });
}

async function build(command: Command, work: string, log: Log | undefined): Promise<void> {
  const args = [
    "build",
    "-v", // names each package when it is compiled, for the progress line
    "-mod=readonly", // go.sum is the pin: never extend it here
    "-trimpath",
    "-tags=osusergo,grpcnotrace",
    `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${command.version}`,
    "-o",
    join(work, "bin", command.name),
    command.source,
  ];
  let modules = 0;
  let packages = 0;
  await withProgress(log, `building ${command.name} ${command.version} from source`, (detail) =>
    run("go", args, {
      cwd: fileURLToPath(new URL(`./go/${command.module}`, import.meta.url)),
      env: {
        ...process.env,
        CGO_ENABLED: "0", // no C compiler needed
        GOWORK: "off", // no `go.work` of a folder above changes what is built
        TMPDIR: work, // what it leaves when it is killed goes with the work folder
      },
      limitMs: BUILD_LIMIT_MS,
      onLine: (line) => {
        if (line.startsWith("go: downloading ")) detail(`${++modules} modules downloaded`);
        else if (/^[\w./~-]+$/.test(line))
          detail(`${++packages} of about ${command.packages} packages compiled`);
      },
    }),
  );
}

/** The release holds this script too; as it is the same text in the npm package, it isn't built. */
async function copyDynamicProviderScript(folder: string): Promise<void> {
  const name = "pulumi-resource-pulumi-nodejs";
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  await copyFile(join(sdk, name), join(folder, name));
  await chmod(join(folder, name), 0o755);
}
