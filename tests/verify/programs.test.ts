import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command";
import { program, purchase, SECRET_IN_THE_CLEAR, SECRETS } from "../support/programs";
import { expectNoStackTrace, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

test.each([
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["1e21", "1e+21"],
  ["-0", "-0"],
])("the engine passes on the number %s, and it is refused as what it is", async (amount, shown) => {
  const { sandbox, project } = await sandboxAndProject({}, { program: purchase(`amount: ${amount}`) });

  const run = await project.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("amount must be a whole number, 1 or more");
  expect(run.output).toContain(`it is ${shown}. ${NOTHING_CHARGED}`);
  expectNoStackTrace(run);
  expect(sandbox.requests()).toHaveLength(0);
});

test.each([
  ["checkout", "checkout"],
  ["decline", "refused"],
  ["pending", "pending"],
] as const)(
  "secret arguments stay secret in the state of an attempt that ended %s, and of those before it",
  async (fault, outcome) => {
    const { sandbox, project } = await sandboxAndProject({}, { program: SECRETS });
    const state = () => project.read("state/.pulumi/stacks/test/dev.json");
    sandbox.misbehave(fault);
    await project.up("--skip-preview");
    expect(project.outputs("c")).toMatchObject({ outcome });
    expect(state()).not.toMatch(SECRET_IN_THE_CLEAR);

    project.write("index.js", SECRETS.replace("amount:", "attempt: 2, amount:"));
    await project.mustRun("up", "--yes", "--skip-preview");

    expect(project.outputs("c")).toHaveProperty("__earlierAttempts");
    expect(state()).not.toMatch(SECRET_IN_THE_CLEAR);
  },
);

test("a change that ignoreChanges names buys nothing: of an argument, of attempt, of everything", async () => {
  const declared = (amount: number, attempt: number) =>
    program(`
new CreditPurchase("amount", { ...A, amount: ${amount} }, { ignoreChanges: ["amount"] });
new CreditPurchase("attempt", { ...A, attempt: ${attempt} }, { ignoreChanges: ["attempt"] });
new CreditPurchase("everything", { ...A, amount: ${amount}, attempt: ${attempt} }, { ignoreChanges: ["*"] });`);
  const { sandbox, project } = await sandboxAndProject({}, { program: declared(1, 1) });
  await project.mustRun("up", "--yes", "--skip-preview");

  project.write("index.js", declared(5, 2));
  const run = await project.up("--skip-preview");

  expect(run).toMatchObject({ code: 0, output: expect.stringContaining("7 unchanged") });
  expect(sandbox.charges().map(({ amount }) => amount)).toEqual([1, 1, 1]);
});

test("two purchases of one name: the second is refused by Pulumi, and one at most is bought", async () => {
  const text = program('new CreditPurchase("c", A); new CreditPurchase("c", A);');
  const { sandbox, project } = await sandboxAndProject({}, { program: text });

  const run = await project.up("--skip-preview");

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("Duplicate resource URN");
  expectReadable(run);
  expect(sandbox.charges().length).toBeLessThanOrEqual(1);
});

test("secret arguments are shown by no state, review or receipt, and are bought and compared like others", async () => {
  const { sandbox, project } = await sandboxAndProject({}, { program: SECRETS });
  const state = () => project.read("state/.pulumi/stacks/test/dev.json");
  const write = (name: string, { output }: { output: string }) => {
    writeFileSync(join(project.folder, name), output);
    return join(project.folder, name);
  };
  const preview = write("preview.json", await project.mustRun("preview", "--json", "--show-sames"));
  const review = await command(["review", preview], project.env);
  expect(review).toMatchObject({ status: 1, stdout: expect.stringContaining("An unknown amount") });

  sandbox.misbehave("cut-before-charge");
  const failed = await project.up("--skip-preview");
  expect(state()).not.toMatch(SECRET_IN_THE_CLEAR);
  expect(failed.output).toContain(
    `c: its outcome is kept as "unknown". ${MAYBE_CHARGED} The reason and what to do`,
  );

  project.write("index.js", SECRETS.replace("amount:", "attempt: 2, amount:"));
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(project.outputs("c")).toHaveProperty("__earlierAttempts");
  expect(state()).toMatch(/"intentId": ?"pur_/);
  expect(state()).not.toMatch(SECRET_IN_THE_CLEAR);

  const hidden = write("hidden.json", await project.mustRun("stack", "export"));
  const shown = write("shown.json", await project.mustRun("stack", "export", "--show-secrets"));
  const receipts = async (file: string) => (await command(["receipts", file], project.env)).stdout;
  expect(await receipts(hidden)).toMatch(
    /\[secret\].*Charged, with a total that is secret here \(not in the totals\): 1\n.*The totals are incomplete/s,
  );
  expect(await receipts(shown)).toMatch(/hushteam.*Charged.*: 77\.00 usd \(1\)\n/s);

  const again = await project.up("--skip-preview");
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  expect(sandbox.charges()).toMatchObject([{ team: "hushteam", amount: 77, source: "hushhush" }]);
});
