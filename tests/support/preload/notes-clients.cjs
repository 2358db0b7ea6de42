// Writes down which clients of stores a process loads, in the file TEST_CLIENTS. For NODE_OPTIONS=--require.
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const load = Module._load;
Module._load = function (name, ...rest) {
  const [, client] = /^(@aws-sdk\/client-s3|@google-cloud\/storage|@azure\/[\w-]+|pg)(\/|$)/.exec(name) ?? [];
  if (client !== undefined) appendFileSync(process.env.TEST_CLIENTS, `${client}\n`);
  return load.call(this, name, ...rest);
};
