// A file system without hard links. For NODE_OPTIONS=--require.
const fs = require("node:fs");

fs.linkSync = () => {
  throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
};
