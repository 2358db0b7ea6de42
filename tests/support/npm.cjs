// Stands in for `npm ci` on a machine of the tests' code host: the packages are this repository's.
const { readFileSync, symlinkSync } = require("node:fs");

if (process.argv.slice(2).join(" ") !== "ci")
  throw new Error(`npm ${process.argv.slice(2).join(" ")} is not stood in for`);
JSON.parse(readFileSync("package.json", "utf8"));
symlinkSync(process.env.NODE_MODULES, "node_modules");
