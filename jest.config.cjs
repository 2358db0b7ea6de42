/** What `npm run verify` alone runs, unless it is asked for by name. */
const VERIFY = "tests/verify/";
const isAskedFor = process.argv.slice(2).some((argument) => /(^|\/)verify(\/|$)/.test(argument));

/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", ...(isAskedFor ? [] : [`<rootDir>/${VERIFY}`])],
  testSequencer: "<rootDir>/tests/support/longest-first.cjs",
  testEnvironment: "<rootDir>/tests/support/shows-commands.mts",
  reporters: ["default", "<rootDir>/tests/support/slowest-suites.mts"],
  moduleFileExtensions: ["ts", "mts", "js", "cjs", "mjs", "json", "node"],
  transform: {
    "/node_modules/cockatiel/.+\\.js$": ["@swc/jest", { jsc: { target: "es2023" } }],
    "^.+\\.m?ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }],
  },
  // An ES module, which jest loads as what it is made to here.
  transformIgnorePatterns: ["/node_modules/(?!cockatiel/)"],
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": "$1",
    // What the SDK loads for closures, which none of our resources has: most of the time that a suite takes to load it.
    "^(typescript|@npmcli/arborist|normalize-package-data)$": "<rootDir>/tests/support/preload/unused.cjs",
    // An ES module, which jest does not load on every Node; the package has the other kind, too.
    "^marked$": "<rootDir>/node_modules/marked/lib/marked.umd.js",
  },
  // Every test that waits for something says so itself; this is only the last bound.
  testTimeout: 120_000,
  maxWorkers: 2,
};
