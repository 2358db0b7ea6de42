import * as pulumi from "@pulumi/pulumi";
import { CreditPurchase } from "pulumi-vercel-credits";
import { type Program, registered } from "../support/mocks";
import { expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndModel } from "../support/stack";

const purchase =
  (args: object): Program =>
  () =>
    new CreditPurchase("c", { creditType: "gateway", amount: 77, ...args });

/** The outputs that tell a secret argument: where they are marked as inputs, the engine keeps them encrypted. */
const TELLING = [
  ...["__earlierAttempts", "__record", "answer", "ownerId", "reason", "refund"],
  ...["subtotal", "summary", "tax", "total"],
];

/** What both halves send marked as secret. */
async function marked(program: Program, options?: { isPreview: boolean }): Promise<string[]> {
  const halves = await registered(program, options);
  const [order, purchase] = halves.map(({ inputs }) =>
    Object.keys(inputs)
      .filter((key) => pulumi.runtime.isRpcSecret(inputs[key]))
      .sort(),
  );
  expect(halves).toHaveLength(2);
  expect(purchase).toEqual(order);
  return order ?? [];
}

describe("a secret argument stays secret, with all outputs that tell it, of both halves", () => {
  test.each<[string, string, object]>([
    ["creditType", "a secret", { creditType: pulumi.secret("v0") }],
    ["amount", "a secret", { amount: pulumi.secret(77) }],
    ["team", "a secret", { team: pulumi.secret("hushteam") }],
    ["source", "a secret", { source: pulumi.secret("hushhush") }],
    ["adopt", "a secret", { adopt: pulumi.secret("pur_1") }],
    ["amount", "made from a secret", { amount: pulumi.secret(70).apply((amount) => amount + 7) }],
    ["amount", "secret inside", { amount: pulumi.output(70).apply((amount) => pulumi.secret(amount)) }],
    ["amount", "a promise of a secret", { amount: Promise.resolve(pulumi.secret(77)) }],
  ])("%s, %s", async (name, _how, args) => {
    for (const isPreview of [true, false]) {
      expect(await marked(purchase(args), { isPreview })).toEqual([...TELLING, name].sort());
    }
  });

  test("also one that is not known before the update", async () => {
    const args = { amount: pulumi.secret(pulumi.unknown), team: "acme" };

    expect(await marked(purchase(args))).toEqual(expect.arrayContaining(TELLING));
  });

  test("nothing is secret where no argument is", async () => {
    const args = {
      amount: pulumi.output(5),
      team: Promise.resolve("x"),
      source: pulumi.output(pulumi.unknown),
    };

    expect(await marked(purchase(args))).toEqual([]);
  });
});

const SECRETS = {
  amount: pulumi.secret(77),
  team: pulumi.secret("hushteam"),
  source: pulumi.secret("hushhush"),
};

test("secret arguments are bought like others, and change nothing when they stay as they are", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.program = purchase(SECRETS);

  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  const again = await project.up("--skip-preview");

  expect(again).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  expect(sandbox.charges()).toMatchObject([{ team: "hushteam", amount: 77, source: "hushhush" }]);
});

test.each([
  ["cut-before-charge", "unknown", MAYBE_CHARGED],
  ["checkout", "checkout", NOTHING_CHARGED],
] as const)(
  "an attempt that did not buy (%s) says why and its outcome in a line, and leaves its reason to the state",
  async (fault, outcome, sentence) => {
    const { sandbox, project } = await sandboxAndModel();
    project.program = purchase(SECRETS);
    sandbox.misbehave(fault);
    const failed = await project.up("--skip-preview");

    expect(failed.output).toMatch(/⚠️ c: .*set attempt: 2/);
    expect(failed.output).toContain(
      `c: its outcome is kept as "${outcome}". ${sentence} The reason and what to do`,
    );

    project.program = purchase({ ...SECRETS, attempt: 2 });
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(project.outputs("c")).toHaveProperty("__earlierAttempts");
    expect(sandbox.charges()).toHaveLength(1);
  },
);

test("secret arguments that are wrong are not shown", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.program = purchase({
    amount: pulumi.secret(77.5),
    team: pulumi.secret("hush team"),
    source: pulumi.secret(""),
  });

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.output).toContain(
      // Without the name of the property, with which the engine would print its value.
      `c: has a problem: amount must be a whole number, 1 or more (1 credit = 1 US dollar); it is secret, so it is not shown. ${NOTHING_CHARGED}`,
    );
    expect(run.output).toContain("team must be a team's slug or id");
    expect(run.output).not.toMatch(/77\.5|hush/);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expectReadable(run);
  }
  expect(sandbox.requests()).toHaveLength(0);
});
