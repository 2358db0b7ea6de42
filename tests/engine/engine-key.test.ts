import { newProject } from "../support/stack";

/** Several provider processes, each of which says which key it has. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { dirname, join } = require("node:path");
const engine = join(dirname(require.resolve("pulumi-vercel-credits/package.json")), "dist/lifecycle/engine.js");
const say = (call) => console.log(call + " " + process.pid + " " + require(engine).engineKey() + ".");
const provider = {
  async check(_olds, inputs) { say("checked"); return { inputs }; },
  async create() { say("created"); return { id: "x", outs: {} }; },
};
class Plain extends pulumi.dynamic.Resource {
  constructor(name, options) { super(provider, name, { engine }, options); }
}
class Provider extends pulumi.ProviderResource {
  constructor(name) { super("pulumi-nodejs", name, {}); }
}
new Plain("default");
new Plain("version-1", { version: "1.0.0" });
new Plain("version-2", { version: "2.0.0" });
new Plain("url", { pluginDownloadURL: "https://example.com" });
new Plain("explicit", { provider: new Provider("own") });
`;

test("all provider processes of an update have one key, and its preview and other updates have others", async () => {
  const project = await newProject({}, { program: PROGRAM });
  const seen = (output: string, call: string) =>
    [...output.matchAll(new RegExp(`${call} (\\d+) (\\w{32})\\.`, "g"))].map(([, pid, key]) => ({
      pid,
      key,
    }));
  const distinct = (values: unknown[]) => [...new Set(values)];

  const first = await project.up();
  const second = await project.up("--skip-preview");

  const created = seen(first.output, "created");
  expect(distinct(created.map(({ pid }) => pid))).toHaveLength(5);
  expect(distinct(created.map(({ key }) => key))).toHaveLength(1);
  expect(distinct(seen(first.output, "checked").map(({ key }) => key))).toHaveLength(2);
  const later = seen(second.output, "checked");
  expect(distinct(later.map(({ key }) => key))).toHaveLength(1);
  expect(later[0]?.key).not.toBe(created[0]?.key);
});
