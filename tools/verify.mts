import { spawnSync } from "node:child_process";

/** `npm run verify [-- JEST ARGUMENTS]`: everything that must hold before a change lands. */
const steps: [string, string[]][] = [
  ["format and lint", ["run", "lint"]],
  ["types, examples included", ["run", "typecheck"]],
  ["tests", ["test", "--", ...process.argv.slice(2)]],
];
const failed = steps.filter(([name, args]) => {
  console.log(`\nverify: ${name}`);
  return spawnSync("npm", args, { stdio: "inherit" }).status !== 0;
});
for (const [name] of failed) console.error(`verify: failed: ${name}`);
process.exitCode = failed.length > 0 ? 1 : 0;
