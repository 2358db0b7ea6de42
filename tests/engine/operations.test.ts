import { sandboxAndProject } from "../support/stack";
import { testNothingIsBoughtAgain } from "../support/two-purchases";

/** One or two of each kind; all the others: `tests/verify/operations.test.ts`. */

const UP = ["up", "--yes", "--skip-preview"];

describe("what is bought is not bought again, whatever is done to the stack", () =>
  testNothingIsBoughtAgain(
    ["up --replace", ({ purchase }) => [[...UP, "--replace", purchase]], ["from the journal"]],
    ["taint", ({ purchase }) => [["state", "taint", purchase, "--yes"], UP], ["from the journal"]],
    ["up --target of its order", ({ order }) => [[...UP, "--target", order]], ["unchanged"]],
  ));

test("what is protected, by default, is not replaced: the engine refuses it", async () => {
  const { sandbox, project } = await sandboxAndProject();
  await project.up("--skip-preview");

  for (const half of ["CreditPurchase", "PurchaseOrder"] as const) {
    const run = await project.up("--skip-preview", "--replace", project.urn(half));

    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(
      new RegExp(`unable to replace .*:${half}::credits"\\s+as it is currently marked for protection`),
    );
  }
  expect(sandbox.requests()).toHaveLength(1);
});

// The engine asks a dynamic provider to read without saying which: no line of this package runs, so the words are Pulumi's.
test("pulumi import ends in an error of Pulumi's own, and records nothing", async () => {
  const { sandbox, project } = await sandboxAndProject();

  const { code, output } = await project.run(
    ...["import", "pulumi-nodejs:dynamic/vercel:CreditPurchase", "credits", "pur_123", "--yes"],
  );

  expect(code).not.toBe(0);
  expect(output).toContain("error: Preview failed: code must be a string, not undefined");
  expect(JSON.parse((await project.mustRun("stack", "export")).output).deployment?.resources).toBeUndefined();
  expect(sandbox.requests()).toHaveLength(0);
});
