// Stands in for `npm ci` on a machine of the tests' code host: the packages are this repository's.
const { symlinkSync } = require("node:fs");

if (process.argv.slice(2).join(" ") !== "ci")
  throw new Error(`npm ${process.argv.slice(2).join(" ")} is not stood in for`);
symlinkSync(process.env.NODE_MODULES, "node_modules");
