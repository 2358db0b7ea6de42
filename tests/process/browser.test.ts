import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";
import { run } from "../support/run";

let machine: string;

/** A machine without a browser, whose package manager leaves a mark. */
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "vercel-credits-machine-"));
  for (const name of ["sh", "which"]) symlinkSync(run(ROOT, "which", [name]).trim(), join(machine, name));
  writeFileSync(join(machine, "apt-get"), `#!/bin/sh\n: > "${machine}/installed"\nexit 1\n`, { mode: 0o755 });
});

afterEach(() => rmSync(machine, { recursive: true, force: true }));

test.each([
  ["of a user", {}, false],
  ["of CI", { CI: "true" }, process.getuid?.() === 0],
])("the set-up for the tests installs a browser on no machine but CI's: %s", (_whose, env, installs) => {
  const script = `import { findOrInstallBrowser } from "./tools/browser.mts"; console.log(findOrInstallBrowser());`;
  const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: 60_000,
    env: { PATH: machine, ...env },
  });

  expect(status).toBe(0);
  expect(existsSync(join(machine, "installed"))).toBe(installs);
});
