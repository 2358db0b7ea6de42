import { program, purchase } from "../support/programs";
import { CHARGED, expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

/** What of a program only the engine shows, and one case of each group in tests/program. */

test.each([
  [
    "an option",
    program('new CreditPurchase("c", A, { replaceOnChanges: ["amount"] });'),
    ['CreditPurchase "c" does not take the option replaceOnChanges'],
  ],
  [
    "an argument",
    purchase("amount: 1.5"),
    ["property amount value {1.5} has a problem: amount must be a whole number, 1 or more"],
  ],
  [
    "an argument that fails",
    purchase('amount: Promise.reject(new Error("boo"))'),
    [
      'error: CreditPurchase "c": amount is not known, because the Promise or Output that gives it failed: boo.',
    ],
  ],
  [
    "an argument whose function throws",
    purchase('team: pulumi.output(1).apply(() => { throw new Error("boo"); })'),
    [
      'error: CreditPurchase "c": team is not known, because the Promise or Output that gives it failed: boo.',
    ],
  ],
  [
    // Without the name of the property, with which the engine would print its value.
    "secret arguments",
    purchase('amount: pulumi.secret(77.5), team: pulumi.secret("hush team")'),
    [
      "'c' has a problem: amount must be a whole number, 1 or more (1 credit = 1 US dollar); it is secret, so it is not shown.",
      "'c' has a problem: team must be a team's slug or id (team_...), without spaces; it is secret, so it is not shown.",
    ],
  ],
])("%s that will not do: the preview says so in a line, without a stack trace", async (_what, text, says) => {
  const { sandbox, project } = await sandboxAndProject({}, { program: text });

  const run = await project.preview();

  expect(run.code).not.toBe(0);
  for (const words of says) expect(run.output).toContain(words);
  expect(run.output).not.toMatch(/77\.5|hush/);
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expectReadable(run);
  expect(sandbox.requests()).toHaveLength(0);
});

/**
 * Ways to declare purchases, each with the charges that come of it. Its text has `B`, good arguments, whose source names the
 * way; a difference in the sandbox's ledger so names it, too.
 */
const WAYS: Record<string, [text: string, ...charges: object[]]> = {
  "every argument as an Output": [
    `new CreditPurchase("outputs", {
       creditType: pulumi.output("v0"), amount: pulumi.output(5), team: pulumi.output("x"),
       source: pulumi.output(B.source), attempt: pulumi.output(1), adopt: pulumi.output(undefined) });`,
    { team: "x", creditType: "v0", amount: 5 },
  ],
  "every argument as a Promise": [
    `new CreditPurchase("promises", {
       ...B, creditType: Promise.resolve("v0"), amount: Promise.resolve(5), team: Promise.resolve("x") });`,
    { team: "x", creditType: "v0", amount: 5 },
  ],
  "outputs of another resource": [
    `class Budget extends pulumi.dynamic.Resource {
       constructor() {
         const create = async () => ({ id: "b", outs: { dollars: 25, who: "x" } });
         super({ create }, "b", { dollars: undefined, who: undefined });
       }
     }
     const { dollars, who } = new Budget();
     new CreditPurchase("later", { ...B, amount: dollars, team: who });`,
    { team: "x", amount: 25 },
  ],
  "team null, as if it were not given": ['new CreditPurchase("null", { ...B, team: null });', {}],
  "names with odd characters": [
    `const odd = ["a b", "ü/ö::x", "<b>|\\\`x\\\`", "\\u001b[2J", "-x", "$(x)", "a".repeat(300), "💳"];
     for (const name of odd) new CreditPurchase(name, B);`,
    ...Array(8).fill({}),
  ],
  "in components, of the same name in each": [
    `class Team extends pulumi.ComponentResource {
       constructor(name) {
         super("my:Team:" + name, name);
         this.purchase = new CreditPurchase("credits", B, { parent: this });
         this.registerOutputs({ status: this.purchase.status });
       }
     }
     exports.all = [new Team("a"), new Team("b")].map(({ purchase }) => purchase.status);`,
    {},
    {},
  ],
  "under another purchase": [
    'new CreditPurchase("child", B, { parent: new CreditPurchase("parent", B) });',
    {},
    {},
  ],
  "after another purchase": [
    'new CreditPurchase("second", B, { dependsOn: [new CreditPurchase("first", B)] });',
    {},
    {},
  ],
  "with a transformation of its arguments": [
    `const three = ({ props, opts }) => ({ props: { ...props, amount: 3 }, opts });
     new CreditPurchase("transformation", B, { transformations: [three] });`,
    { amount: 3 },
  ],
  "with a transform of its arguments": [
    `const three = ({ props, opts }) => ({ props: { ...props, amount: 3 }, opts });
     new CreditPurchase("transform", B, { transforms: [three] });`,
    { amount: 3 },
  ],
  "with additionalSecretOutputs, customTimeouts, hideDiffs and retainOnDelete": [
    `new CreditPurchase("options", B, {
       additionalSecretOutputs: ["intentId"], customTimeouts: { create: "9s" }, hideDiffs: ["amount"],
       retainOnDelete: true });`,
    {},
  ],
};

test("however they are declared, all are bought once, and the same program again changes nothing", async () => {
  const text = Object.entries(WAYS).map(
    ([way, [declares]]) => `{ const B = { ...A, source: ${JSON.stringify(way)} };\n${declares} }`,
  );
  const { sandbox, project } = await sandboxAndProject({}, { program: program(text.join("\n")) });

  const run = await project.up();
  const again = await project.up("--skip-preview");

  const expected = Object.entries(WAYS).flatMap(([source, [, ...charges]]) =>
    charges.map((charge) => ({ team: "acme", creditType: "gateway", amount: 1, ...charge, source })),
  );
  const bySource = (one: { source?: string }, other: { source?: string }) =>
    String(one.source).localeCompare(String(other.source));
  expect([...sandbox.charges()].sort(bySource)).toMatchObject(expected.sort(bySource));
  expect(run.code).toBe(0);
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toMatch(/Resources:\n\s+\d+ unchanged\n/);
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
  expect(sentencesOf(changed)).toEqual([CHARGED]);
  expect(ignored).toMatchObject({ code: 0 });
  expect(sandbox.charges()).toHaveLength(1);
});

// Of attempts with other outcomes: tests/verify/programs.test.ts.
