import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inWorkFolder } from "../engine/cache.mts";
import { folderOnPath } from "../engine/pieces.mts";
import { type Log, withProgress } from "../engine/progress.mts";
import { run } from "../engine/run.mts";
import {
  AZURITE_VERSION,
  azuriteFolder,
  FAKE_GCS_VERSION,
  fakeGcsFolder,
  type ServerKind,
} from "./found.mts";

const LIMIT_MS = 15 * 60_000;
const FAKE_GCS = "github.com/fsouza/fake-gcs-server";

/** How each kind's server gets here. */
export const GET: { readonly [K in ServerKind]: (log: Log | undefined) => Promise<void> } = {
  s3: (log) => fromDebian(["radosgw", "ceph-mon", "ceph-osd", "ceph-common"], log),
  gs: buildFakeGcs,
  azblob: installAzurite,
  postgres: (log) => fromDebian(["postgresql"], log),
};

async function fromDebian(packages: string[], log: Log | undefined): Promise<void> {
  const names = packages.join(" ");
  if ((await folderOnPath("apt-get")) === undefined || process.getuid?.() !== 0) {
    throw new Error(`as root on Debian or Ubuntu: apt-get install ${names}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await withProgress(
    log,
    `installing ${names} from Debian`,
    async (detail) => {
      const onLine = (line: string) => {
        if (/^(Get:|Unpacking|Setting up)/.test(line)) detail(line.split(" ").slice(0, 3).join(" "));
      };
      await run("apt-get", ["update", "-q"], { limitMs: LIMIT_MS, env, onLine });
      // No service of theirs is to run.
      const install = ["install", "-y", "-q", "--no-install-recommends", ...packages];
      await run("apt-get", install, { limitMs: LIMIT_MS, env: { ...env, RUNLEVEL: "1" }, onLine });
    },
    "servers",
  );
}

async function installAzurite(log: Log | undefined): Promise<void> {
  await inWorkFolder(async (work) => {
    await writeFile(join(work, "package.json"), "{}");
    const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--loglevel=error"];
    await withProgress(
      log,
      `installing azurite ${AZURITE_VERSION}`,
      () =>
        run("npm", ["install", "--prefix", work, ...flags, `azurite@${AZURITE_VERSION}`], {
          cwd: work,
          limitMs: LIMIT_MS,
        }),
      "servers",
    );
    await moveIn(work, azuriteFolder());
  });
}

/** From its published modules, checked against our go.sum. */
async function buildFakeGcs(log: Log | undefined): Promise<void> {
  if ((await folderOnPath("go")) === undefined)
    throw new Error("install Go (https://go.dev/dl/) to build it");
  await inWorkFolder(async (work) => {
    let packages = 0;
    await withProgress(
      log,
      `building fake-gcs-server ${FAKE_GCS_VERSION} from source`,
      (detail) =>
        run(
          "go",
          ["build", "-v", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", join(work, "bin/"), FAKE_GCS],
          {
            cwd: join(import.meta.dirname, "go"),
            env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", TMPDIR: work },
            limitMs: LIMIT_MS,
            onLine: (line) => {
              if (/^[\w./~-]+$/.test(line)) detail(`${++packages} packages compiled`);
            },
          },
        ),
      "servers",
    );
    await moveIn(join(work, "bin"), fakeGcsFolder());
  });
}

/** With one rename, so that half of it is never taken for all; a second process that was faster has won. */
async function moveIn(made: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
}
