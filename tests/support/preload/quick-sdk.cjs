/**
 * Pulumi's SDK loads a TypeScript compiler, npm's dependency resolver and its automation API at its start, for closures that our
 * providers don't have and programs that aren't TypeScript. Here they are loaded when they are first used, and a `pulumi up`
 * takes a good third less.
 * Everything else is the SDK as it is. For NODE_OPTIONS=--require.
 */
const Module = require("node:module");

// What the language host sets where a project says `typescript: false`.
process.env.PULUMI_NODEJS_TYPESCRIPT = "false";

/** What the SDK asks of them while it loads. */
const AT_ONCE = {
  typescript: { __esModule: undefined },
  "@npmcli/arborist": { __esModule: true },
  "normalize-package-data": { __esModule: undefined },
  "./automation": { __esModule: true },
};

const load = Module._load;
Module._load = function (name, ...rest) {
  if (!Object.hasOwn(AT_ONCE, name)) return load.call(this, name, ...rest);
  const whole = () => load.call(this, name, ...rest);
  return new Proxy(() => undefined, {
    get: (_, key) => (Object.hasOwn(AT_ONCE[name], key) ? AT_ONCE[name][key] : whole()[key]),
    apply: (_, self, args) => whole().apply(self, args),
  });
};

// A provider process is killed in the end, and so would never keep what it compiled for the next one.
if (process.argv[1]?.includes("dynamic-provider")) setTimeout(Module.flushCompileCache, 300).unref();
