import { readFileSync } from "node:fs";
import { join } from "node:path";

/** This package's version, as its own package.json gives it. */
export const PACKAGE_VERSION: string = JSON.parse(
  readFileSync(join(__dirname, "..", "package.json"), "utf8"),
).version;
