import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command";
import { sandboxAndProject } from "../support/stack";

const NOTHING = "Nothing was charged.";
const MAYBE = "The card may have been charged.";

/** A program with `A`, good arguments, at hand. */
const program = (body: string) => `
const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
const A = { creditType: "gateway", amount: 1 };
${body}`;

const purchase = (args: string) => program(`new CreditPurchase("c", { ...A, ${args} });`);

describe("a wrong program gets one clear line that names what is wrong, before anything is sent", () => {
  const WHOLE = "must be a whole number, 1 or more";
  test.each<[string, string, ...string[]]>([
    ["NaN", purchase("amount: NaN"), "amount", WHOLE, "it is NaN"],
    ["Infinity", purchase("amount: Infinity"), "amount", WHOLE, "it is Infinity"],
    ["1e21", purchase("amount: 1e21"), "amount", WHOLE, "it is 1e+21"],
    ["-0", purchase("amount: -0"), "amount", WHOLE, "it is -0"],
    ["-1", purchase("amount: -1"), "amount", WHOLE, "it is -1"],
    ["100.5", purchase("amount: 100.5"), "amount", WHOLE, "it is 100.5"],
    ['"100"', purchase('amount: "100"'), "amount", WHOLE, 'it is "100"'],
    ["a bigint", purchase("amount: 100n"), "amount", WHOLE],
    ["a boolean", purchase("amount: true"), "amount", WHOLE, "it is true"],
    ["a list", purchase("amount: [100]"), "amount", WHOLE, "it is [100]"],
    ["null", purchase("amount: null"), "amount", WHOLE, "it is null"],
    ["nothing", purchase("amount: undefined"), "amount", WHOLE, "it is missing"],
    ["a function", purchase("amount: () => 100"), "amount", WHOLE],
    ["an output of a wrong value", purchase("amount: pulumi.output(0)"), "amount", WHOLE, "it is 0"],
    ["creditType missing", purchase("creditType: undefined"), "creditType", "it is missing"],
    ["creditType in capitals", purchase('creditType: "Gateway"'), "creditType", 'it is "Gateway"'],
    ["creditType a list", purchase('creditType: ["v0"]'), "creditType", 'it is ["v0"]'],
    ["team a number", purchase("team: 7"), "team", "must be a team's slug or id", "it is 7"],
    ["team with a space", purchase('team: "my team"'), "team", "without spaces"],
    ["team with a control character", purchase('team: "a\\u001bb"'), "team", "without spaces"],
    ["team an object", purchase("team: { id: 1 }"), "team", "must be a team's slug or id"],
    ["source a date", purchase("source: new Date(0)"), "source", "must be a text that is not empty"],
    ["source empty", purchase('source: ""'), "source", "must be a text that is not empty"],
    ["attempt 1.5", purchase("attempt: 1.5"), "attempt", WHOLE, "it is 1.5"],
    ['attempt "2"', purchase('attempt: "2"'), "attempt", WHOLE, 'it is "2"'],
    ["adopt a number", purchase("adopt: 5"), "adopt", "must be the id of an intent or invoice"],
    ["adopt empty", purchase('adopt: ""'), "adopt", "must be the id of an intent or invoice"],
    ["an unknown argument", purchase("credits: 5"), "credits", "is not an argument of CreditPurchase"],
    ["an output as an argument", purchase('status: "succeeded"'), "status", "is not an argument"],
    ["an outcome as an argument", purchase('outcome: "bought"'), "outcome", "is not an argument"],
    ["withdraw false", purchase("withdraw: false"), "withdraw", "must be true, or left out"],
    ["adopt and withdraw", purchase('adopt: "pur_1", withdraw: true'), "withdraw", "remove one of them"],
    ["money as an argument", purchase('total: "5.00"'), "total", "is not an argument"],
    ["an answer as an argument", purchase("answer: { a: 1 }"), "answer", "is not an argument"],
    ["this package's own: orderId", purchase('orderId: "order_1"'), "orderId", "is not an argument"],
    ["this package's own: __journal", purchase("__journal: {}"), "__journal", "is not an argument"],
    ["this package's own: __resource", purchase("__resource: {}"), "__resource", "is not an argument"],
    ["this package's own: __record", purchase("__record: {}"), "__record", "is not an argument"],
    ["this package's own: summary", purchase('summary: "free"'), "summary", "is not an argument"],
    ["no arguments", program('new CreditPurchase("c");'), "needs its arguments"],
    ["arguments as an output", program('new CreditPurchase("c", pulumi.output(A));'), "may be an Output"],
    ["an empty name", program('new CreditPurchase("", A);'), "The name of a CreditPurchase"],
    ["a number as a name", program("new CreditPurchase(7, A);"), "The name of a CreditPurchase"],
  ])("%s", async (_what, text, ...says) => {
    const { sandbox, project } = await sandboxAndProject({}, { program: text });

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBe(0);
    for (const words of [...says, NOTHING]) expect(run.output).toContain(words);
    expect(run.output).not.toMatch(/^\s+at /m);
    expect(sandbox.requests()).toHaveLength(0);
    expect(sandbox.reads().team).toBe(0);
  });

  test("two purchases of one name: the second is refused by Pulumi, and one at most is bought", async () => {
    const text = program('new CreditPurchase("c", A); new CreditPurchase("c", A);');
    const { sandbox, project } = await sandboxAndProject({}, { program: text });

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain("Duplicate resource URN");
      expect(run.output).not.toMatch(/^\s+at /m);
    }
    expect(sandbox.charges().length).toBeLessThanOrEqual(1);
  });
});

/** What a purchase of `A` is charged as. */
const ONE = { team: "acme", creditType: "gateway", amount: 1 };

describe("however it is declared, each is bought once, and the same program again changes nothing", () => {
  test.each<[string, string, object[]]>([
    [
      "every argument as an Output",
      purchase(
        'creditType: pulumi.output("v0"), amount: pulumi.output(5), team: pulumi.output("x"), ' +
          'source: pulumi.output("y"), attempt: pulumi.output(1), adopt: pulumi.output(undefined)',
      ),
      [{ team: "x", creditType: "v0", amount: 5, source: "y" }],
    ],
    [
      "every argument as a Promise",
      purchase('creditType: Promise.resolve("v0"), amount: Promise.resolve(5), team: Promise.resolve("x")'),
      [{ team: "x", creditType: "v0", amount: 5 }],
    ],
    [
      "outputs of another resource",
      program(`
class Budget extends pulumi.dynamic.Resource {
  constructor() {
    super({ create: async () => ({ id: "b", outs: { dollars: 25, who: "x" } }) }, "b", { dollars: undefined, who: undefined });
  }
}
const { dollars, who } = new Budget();
new CreditPurchase("c", { ...A, amount: dollars, team: who });`),
      [{ team: "x", creditType: "gateway", amount: 25 }],
    ],
    ["team null, as if it were not given", purchase("team: null"), [ONE]],
    [
      "names with odd characters",
      program(`
for (const name of ["a b", "ü/ö::x", "<b>|\\\`x\\\`", "\\u001b[2J", "-x", "$(x)", "a".repeat(300), "💳"]) new CreditPurchase(name, A);`),
      Array(8).fill(ONE),
    ],
    [
      "in components, of the same name in each",
      program(`
class Team extends pulumi.ComponentResource {
  constructor(name) {
    super("my:Team:" + name, name);
    this.purchase = new CreditPurchase("credits", A, { parent: this });
    this.registerOutputs({ status: this.purchase.status });
  }
}
exports.all = [new Team("a"), new Team("b")].map(({ purchase }) => purchase.status);`),
      [ONE, ONE],
    ],
    [
      "under another purchase",
      program('new CreditPurchase("b", A, { parent: new CreditPurchase("a", A) });'),
      [ONE, ONE],
    ],
    [
      "after another purchase",
      program('new CreditPurchase("b", A, { dependsOn: [new CreditPurchase("a", A)] });'),
      [ONE, ONE],
    ],
    [
      "with a transformation of its arguments",
      program(
        'new CreditPurchase("c", A, { transformations: [({ props, opts }) => ({ props: { ...props, amount: 3 }, opts })] });',
      ),
      [{ ...ONE, amount: 3 }],
    ],
    [
      "with a transform of its arguments",
      program(
        'new CreditPurchase("c", A, { transforms: [({ props, opts }) => ({ props: { ...props, amount: 3 }, opts })] });',
      ),
      [{ ...ONE, amount: 3 }],
    ],
    [
      "with additionalSecretOutputs, customTimeouts, hideDiffs and retainOnDelete",
      program(
        'new CreditPurchase("c", A, { additionalSecretOutputs: ["intentId"], customTimeouts: { create: "9s" }, hideDiffs: ["amount"], retainOnDelete: true });',
      ),
      [ONE],
    ],
  ])("%s", async (_what, text, charges) => {
    const { sandbox, project } = await sandboxAndProject({}, { program: text });

    expect(await project.up()).toMatchObject({ code: 0 });
    const again = await project.up("--skip-preview");

    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect(sandbox.charges()).toMatchObject(charges);
  });

  test.each([
    ["an argument", '["amount"]', "amount: 5"],
    ["attempt", '["attempt"]', "attempt: 2"],
    ["everything", '["*"]', "amount: 5, attempt: 2"],
  ])("ignoreChanges of %s: the change buys nothing", async (_what, ignored, change) => {
    const declared = (args: string) =>
      program(`new CreditPurchase("c", { ...A, ${args} }, { ignoreChanges: ${ignored} });`);
    const { sandbox, project } = await sandboxAndProject({}, { program: declared("") });
    await project.mustRun("up", "--yes", "--skip-preview");

    project.write("index.js", declared(change));

    expect(await project.up()).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("options that the constructor refuses, brought in by a transformation, still don't buy twice", async () => {
    const declared = (args: string) =>
      program(`
pulumi.runtime.registerStackTransformation(({ props, opts }) =>
  ({ props, opts: { ...opts, protect: false, replaceOnChanges: ["*"], deleteBeforeReplace: true } }));
new CreditPurchase("c", { ...A, ${args} });`);
    const { sandbox, project } = await sandboxAndProject({}, { program: declared("") });
    await project.mustRun("up", "--yes", "--skip-preview");

    project.write("index.js", declared("amount: 2"));
    const changed = await project.up("--skip-preview");
    project.write("index.js", declared('source: "elsewhere"'));
    const ignored = await project.up("--skip-preview");

    expect(changed.output).toContain("can't change amount from 1 to 2");
    expect(ignored).toMatchObject({ code: 0 });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test.each([
    ["provider", "provider: {}"],
    ["provider", "provider: undefined, providers: [{}]"],
    ["version", 'version: "1.2.3"'],
    ["pluginDownloadURL", 'pluginDownloadURL: "https://example.com"'],
  ])("an option that gives it a process of its own is refused: %s (%s)", async (option, options) => {
    const text = program(`
new CreditPurchase("c", A, { ${options} });`);
    const { sandbox, project } = await sandboxAndProject({}, { program: text });

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`CreditPurchase "c" does not take the option ${option}: `);
      expect(run.output).toContain("share one provider process");
      expect(run.output).toContain(NOTHING);
      expect(run.output).not.toMatch(/^\s+at /m);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });
});

describe("secret arguments", () => {
  const SECRETS = purchase(
    'amount: pulumi.secret(77), team: pulumi.secret("hushteam"), source: pulumi.secret("hushhush")',
  );
  const IN_THE_CLEAR = /hush|\$77|"77(\.00)?"|": ?77[,}]/;

  test("stay secret in the state, with all that repeats them, and are bought and changed like others", async () => {
    const { sandbox, project } = await sandboxAndProject({}, { program: SECRETS });

    await project.mustRun("up", "--yes");
    const state = project.read("state/.pulumi/stacks/test/dev.json");
    const again = await project.up();

    expect(state).not.toMatch(IN_THE_CLEAR);
    expect(state).toMatch(/"intentId": ?"pur_/);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(sandbox.charges()).toMatchObject([{ team: "hushteam", amount: 77, source: "hushhush" }]);
  });

  test.each([
    ["cut-before-charge", "unknown", MAYBE],
    ["checkout", "checkout", NOTHING],
  ] as const)(
    "stay secret in the state of an attempt that did not buy (%s), and of those before it",
    async (fault, outcome, sentence) => {
      const { sandbox, project } = await sandboxAndProject({}, { program: SECRETS });
      sandbox.misbehave(fault);
      const failed = await project.up("--skip-preview");
      expect(project.read("state/.pulumi/stacks/test/dev.json")).not.toMatch(IN_THE_CLEAR);
      expect(failed.output).toMatch(/⚠️ c: .*vercel\.com\/hushteam/);
      expect(failed.output).toContain(
        `c: its outcome is kept as "${outcome}". ${sentence} The reason and what to do`,
      );

      project.write("index.js", SECRETS.replace("amount:", "attempt: 2, amount:"));
      await project.mustRun("up", "--yes", "--skip-preview");

      expect(project.outputs("c")).toHaveProperty("__earlierAttempts");
      expect(project.read("state/.pulumi/stacks/test/dev.json")).not.toMatch(IN_THE_CLEAR);
      expect(sandbox.charges()).toHaveLength(1);
    },
  );

  test("are not shown where they are wrong", async () => {
    const text = purchase(
      'amount: pulumi.secret(77.5), team: pulumi.secret("hush team"), source: pulumi.secret("")',
    );
    const { sandbox, project } = await sandboxAndProject({}, { program: text });

    for (const run of [await project.preview(), await project.up("--skip-preview")]) {
      expect(run.output).toContain(
        `amount must be a whole number, 1 or more (1 credit = 1 US dollar); it is secret, so it is not shown. ${NOTHING}`,
      );
      expect(run.output).toContain("team must be a team's slug or id");
      expect(run.output).not.toMatch(/77\.5|hush/);
    }
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("are an unknown amount to a review, and in no sum of the receipts unless they are shown", async () => {
    const { project } = await sandboxAndProject({}, { program: SECRETS });
    const write = (name: string, text: string) => {
      writeFileSync(join(project.folder, name), text);
      return join(project.folder, name);
    };
    const preview = write(
      "preview.json",
      (await project.mustRun("preview", "--json", "--show-sames")).output,
    );
    const review = await command(["review", preview], project.env);
    expect(review).toMatchObject({ status: 1, stdout: expect.stringContaining("An unknown amount") });

    await project.mustRun("up", "--yes", "--skip-preview");
    const hidden = write("hidden.json", (await project.mustRun("stack", "export")).output);
    const shown = write("shown.json", (await project.mustRun("stack", "export", "--show-secrets")).output);
    const receipts = async (file: string) => (await command(["receipts", file], project.env)).stdout;
    expect(await receipts(hidden)).toMatch(
      /\[secret\].*Charged, with a total that is secret here \(not in the totals\): 1\n.*The totals are incomplete/s,
    );
    expect(await receipts(shown)).toMatch(/hushteam.*Charged.*: 77\.00 usd \(1\)\n$/s);
  });
});
