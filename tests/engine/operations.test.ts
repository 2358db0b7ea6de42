import { sandboxAndProject } from "../support/stack";
import { CHARGE_LINE, testNothingIsBoughtAgain, twoPurchases } from "../support/two-purchases";

/** One or two of each kind; all the others: `tests/verify/operations.test.ts`. */

const UP = ["up", "--yes", "--skip-preview"];

describe("what is bought is not bought again, whatever is done to the stack", () =>
  testNothingIsBoughtAgain(
    ["refresh, which changes nothing", () => [["refresh", "--yes", "--skip-preview"], UP], ["5 unchanged"]],
    ["up --replace", ({ purchase }) => [[...UP, "--replace", purchase]], ["from the journal"]],
    ["taint", ({ purchase }) => [["state", "taint", purchase, "--yes"], UP], ["from the journal"]],
    ["state delete", ({ purchase }) => [["state", "delete", purchase, "--yes"], UP], ["from the journal"]],
    ["up --target of its order", ({ order }) => [[...UP, "--target", order]], ["unchanged"]],
  ));

test("a new purchase beside them, by --target: it alone is bought", async () => {
  const { sandbox, project, declare } = await twoPurchases();
  declare("a", "b", "c");

  const targets = ["CreditPurchase", "PurchaseOrder"] as const;
  const flags = targets.flatMap((type) => ["--target", project.urn(type, "c")]);
  await project.mustRun("up", "--yes", "--skip-preview", ...flags);

  expect(sandbox.charges()).toHaveLength(3);
  expect((await project.mustRun("up", "--yes", "--skip-preview")).output).toContain("7 unchanged");
  expect(sandbox.requests()).toHaveLength(3);
});

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

test("another name without aliases: the preview shows the charge", async () => {
  const { sandbox, project, declare } = await twoPurchases();
  declare("renamed", "b");

  const preview = await project.mustRun("preview");
  expect(preview.output).toContain(`renamed: $100.00 of AI Gateway credits for team acme ${CHARGE_LINE}`);
  expect(sandbox.requests()).toHaveLength(2);

  const { output } = await project.mustRun("up", "--yes", "--skip-preview");
  expect(output).toContain("The credits stay");
  expect(sandbox.charges()).toHaveLength(3);
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
