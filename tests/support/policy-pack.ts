import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Project, ROOT } from "./project.mts";
import { closeLater, sandboxAndProject } from "./stack";

const RUNTIME = "nodejsclassic";

export interface PolicyPack {
  /** The arguments that make a `pulumi preview` or `up` obey the pack. */
  flags(configuration?: unknown): string[];
  remove(): void;
}

/**
 * A copy of the pack in `examples/policy` that this machine's engine can run. Its language host is too old to run packs
 * of `runtime: nodejs` itself; a plugin of another name starts the same runner of the SDK.
 */
export function examplePolicyPack(project: Project): PolicyPack {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-policy-"));
  const pack = join(folder, "pack");
  cpSync(join(ROOT, "examples/policy"), pack, {
    recursive: true,
    filter: (file) => !file.includes("node_modules"),
  });
  const yaml = readFileSync(join(pack, "PulumiPolicy.yaml"), "utf8");
  writeFileSync(join(pack, "PulumiPolicy.yaml"), yaml.replace("runtime: nodejs", `runtime: ${RUNTIME}`));
  symlinkSync(join(ROOT, "node_modules"), join(pack, "node_modules"));

  const plugins = join(folder, "plugins");
  mkdirSync(plugins);
  const runner = join(ROOT, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  writeFileSync(
    join(plugins, `pulumi-analyzer-policy-${RUNTIME}`),
    `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`,
    { mode: 0o755 },
  );
  project.env.PATH = [plugins, project.env.PATH].join(delimiter);

  return {
    flags(configuration) {
      const file = join(pack, "policy-config.json");
      if (configuration !== undefined) writeFileSync(file, JSON.stringify(configuration));
      return ["--policy-pack", pack, "--policy-pack-config", file];
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A sandbox, a project that buys from it, and the pack, until the end of the test. */
export async function stackWithPolicies() {
  const { sandbox, project } = await sandboxAndProject();
  const pack = examplePolicyPack(project);
  closeLater(() => pack.remove());
  return { sandbox, project, pack };
}
