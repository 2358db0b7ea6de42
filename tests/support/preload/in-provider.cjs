/**
 * Loaded into every Node process of a test project (NODE_OPTIONS=--require). It writes down the provider
 * processes, so that a test can kill one, their peak memory in KiB, and every attempt to leave this machine or to resolve a name, which it
 * also stops.
 */
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");
const net = require("node:net");
const { join } = require("node:path");

const folder = process.env.TEST_WATCH_FOLDER;
const note = (file, text) => appendFileSync(join(folder, file), `${text}\n`);

if (process.argv[1]?.includes("dynamic-provider")) {
  note("providers", process.pid);
  setInterval(() => note("memory", process.resourceUsage().maxRSS), 50).unref();
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [target] = Array.isArray(args[0]) ? args[0] : args;
  const host = target?.host ?? "127.0.0.1";
  if (target?.path === undefined && !/^(127\.|::1$|localhost$)/.test(host)) {
    note("network", `connect ${host}:${target?.port}`);
    throw new Error("the network is forbidden");
  }
  return connect.apply(this, args);
};

const { lookup } = dns;
dns.lookup = (name, ...rest) => {
  if (name !== "localhost" && net.isIP(name) === 0) {
    note("network", `lookup ${name}`);
    throw new Error("the network is forbidden");
  }
  return lookup(name, ...rest);
};
