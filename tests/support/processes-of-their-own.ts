import { expectReadable } from "./sentences";
import { sandboxAndProject } from "./stack";

/** What gives each purchase, and its order, a provider process of its own. The constructor refuses it; a transform can add it. */
export const OPTIONS = {
  version: "{ version: '1.0.' + name.length }",
  pluginDownloadURL: "{ pluginDownloadURL: 'https://example.com/' + name }",
  provider: "{ provider: providers[name] }",
};

const NAMES = ["a", "bb", "ccc"];

const program = (option: keyof typeof OPTIONS, amount: number) => `
const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
class Provider extends pulumi.ProviderResource {
  constructor(name) { super("pulumi-nodejs", name, {}); }
}
const NAMES = ${JSON.stringify(NAMES)};
const providers = {};
for (const name of NAMES) providers[name] = new Provider(name);
pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) =>
  type.includes("vercel:") ? { props, opts: { ...opts, ...${OPTIONS[option]} } } : undefined);
for (const name of NAMES) {
  new CreditPurchase(name, { creditType: "gateway", amount: ${amount} }, { protect: false });
}`;

/** The caps and the stop after doubt are of an update, however many provider processes it has. */
export function holdsOverAllProcesses(option: keyof typeof OPTIONS): void {
  describe(`${option} that a transform adds`, () => {
    test("the cap of an update holds over all of its processes", async () => {
      const { sandbox, project } = await sandboxAndProject({}, { program: program(option, 900) });

      const run = await project.up("--skip-preview", "--continue-on-error");

      expect(sandbox.charges().map(({ amount }) => amount)).toEqual([900]);
      expect(run.code).not.toBe(0);
      expect(run.output).toContain("vercelCredits:maxAmountPerUpdate");
      expectReadable(run);
    });

    test("after one that is in doubt, none of them sends another", async () => {
      const { sandbox, project } = await sandboxAndProject({}, { program: program(option, 10) });
      sandbox.misbehave("cut-after-charge");

      const run = await project.up("--skip-preview", "--continue-on-error");

      expect(sandbox.requests()).toHaveLength(1);
      expect(run.code).not.toBe(0);
      const outcomes = NAMES.map((name) => project.outputs(name)?.outcome);
      expect(outcomes.filter((outcome) => outcome === "unknown")).toHaveLength(1);
      expect(outcomes).not.toContain("bought");
      // What was not sent goes on by itself, once the one in doubt is settled.
    });
  });
}
