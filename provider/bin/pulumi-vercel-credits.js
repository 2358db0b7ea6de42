#!/usr/bin/env node
// Not built: npm links a command only where its file is there at install, and a fresh clone has no dist yet.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`pulumi-vercel-credits: Node 22.12 or later is needed; this is ${process.version}`);
  process.exit(2);
}
require("../dist/cli/main.js");
