import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import semver from "semver";

/** `node download-child.mts VERSION FOLDER`: the official installer; leaves the command in FOLDER/bin. */
const [, , version = "", root = ""] = process.argv;
try {
  await PulumiCommand.install({ version: new semver.SemVer(version), root });
} catch (error) {
  // The SDK wraps the installer's words in a report of several lines; the last of its words says what is wrong.
  const report = error instanceof Error ? error.message : String(error);
  const words = /stderr: (.*?)\s*err\?:/s.exec(report)?.[1] ?? report;
  console.error(words.trim().split("\n").at(-1));
  process.exitCode = 1;
}
