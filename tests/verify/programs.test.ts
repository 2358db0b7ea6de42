import { purchase, SECRET_IN_THE_CLEAR, SECRETS } from "../support/programs";
import { expectNoStackTrace, NOTHING_CHARGED } from "../support/sentences";
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
