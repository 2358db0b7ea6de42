const { execFileSync } = require("node:child_process");
const { join } = require("node:path");

/** Finds the engine once for all tests; `tools/engine.mts` downloads or builds it where there is none. */
module.exports = () => {
  process.env.TEST_ENGINE ??= execFileSync(process.execPath, [join(__dirname, "../../tools/engine.mts")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
};
