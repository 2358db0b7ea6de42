#!/usr/bin/env node
// Not built: npm links a command only where its file is there at install, and a fresh clone has no dist yet.
require("../dist/cli/main.js");
