/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  moduleFileExtensions: ["ts", "mts", "js", "cjs", "mjs", "json", "node"],
  transform: {
    "^.+\\.m?ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }],
  },
  // Every test that waits for something says so itself; this is only the last bound.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testTimeout: 120_000,
  maxWorkers: 2,
};
