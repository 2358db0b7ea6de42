// A machine that sleeps for an hour right after an intent record is on its disk. For NODE_OPTIONS=--require.
const fs = require("node:fs");

const { linkSync } = fs;
const now = Date.now;
fs.linkSync = (from, to) => {
  linkSync(from, to);
  if (/\/intent\.[^/]*$/.test(to)) Date.now = () => now() + 3600_000;
};
