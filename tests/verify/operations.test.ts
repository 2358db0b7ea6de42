import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expectNoStackTrace } from "../support/sentences";
import { NO_JOURNAL, sandboxAndProject } from "../support/stack";
import { CHARGE_LINE, testNothingIsBoughtAgain, twoPurchases } from "../support/two-purchases";

const UP = ["up", "--yes", "--skip-preview"];

describe("what is bought is not bought again, whatever is done to the stack", () =>
  testNothingIsBoughtAgain(
    ["state delete", ({ purchase }) => [["state", "delete", purchase, "--yes"], UP], ["from the journal"]],
    ["refresh, which changes nothing", () => [["refresh", "--yes", "--skip-preview"], UP], ["5 unchanged"]],
    ["up --refresh", () => [[...UP, "--refresh"]], ["5 unchanged"]],
    ["up --refresh --run-program", () => [[...UP, "--refresh", "--run-program"]], ["5 unchanged"]],
    ["up --target", ({ purchase }) => [[...UP, "--target", purchase]], ["unchanged"]],
    ["up --exclude", ({ purchase }) => [[...UP, "--exclude", purchase]], ["unchanged"]],
    [
      "up --target --target-dependents",
      ({ order }) => [[...UP, "--target", order, "--target-dependents"]],
      ["unchanged"],
    ],
    ["up --target-replace", ({ purchase }) => [[...UP, "--target-replace", purchase]], ["from the journal"]],
    ["up --replace of its order", ({ order }) => [[...UP, "--replace", order]], []],
    [
      "untaint",
      ({ purchase }) => [["state", "taint", purchase, "--yes"], ["state", "untaint", purchase, "--yes"], UP],
      ["5 unchanged"],
    ],
    ["up --continue-on-error", () => [[...UP, "--continue-on-error"]], ["5 unchanged"]],
    ["up --parallel 1", () => [[...UP, "--parallel", "1"]], ["5 unchanged"]],
    ["state repair", () => [["state", "repair", "--yes"], UP], ["5 unchanged"]],
    ["cancel, with nothing under way", () => [["cancel", "--yes"], UP], ["5 unchanged"]],
    [
      "change-secrets-provider",
      () => [["stack", "change-secrets-provider", "passphrase"], UP],
      ["5 unchanged"],
    ],
  ));

test("a purchase that is the target without its order is not bought, and a plain up buys it once", async () => {
  const { sandbox, project, declare } = await twoPurchases();
  declare("a", "b", "c");

  const run = await project.up("--skip-preview", "--target", project.urn("CreditPurchase", "c"));
  expect(run.code).not.toBe(0);
  expectNoStackTrace(run);
  expect(sandbox.charges()).toHaveLength(2);

  await project.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.charges()).toHaveLength(3);
});

test("--continue-on-error does not buy more after an unknown outcome, and a plain up afterwards does", async () => {
  const { sandbox, project } = await sandboxAndProject();
  const names = ["a", "b", "c"];
  project.declare(...names.map((name) => ({ name })));
  sandbox.misbehave("cut-after-charge");

  const run = await project.up("--skip-preview", "--continue-on-error", "--parallel", "1");

  expect(run.code).not.toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
  const unknown = names.find((name) => project.outputs(name)?.outcome === "unknown") ?? "";
  const [charge] = sandbox.charges();
  project.declare(
    ...names.map((name) => ({ name, args: name === unknown ? { adopt: charge?.intentId } : {} })),
  );
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(sandbox.charges()).toHaveLength(3);
});

type Both = Awaited<ReturnType<typeof twoPurchases>>;
const urn = ({ project }: Both, name = "a") => project.urn("CreditPurchase", name);
const order = ({ project }: Both, name = "a") => project.urn("PurchaseOrder", name);

describe("a state that moves takes its purchases along", () => {
  test("stack rename", async () => {
    const { sandbox, project } = await twoPurchases();
    await project.mustRun("stack", "rename", "prod");

    expect((await project.mustRun(...UP)).output).toContain("5 unchanged");
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("export and import into the same stack", async () => {
    const { sandbox, project } = await twoPurchases();
    await project.mustRun("stack", "export", "--file", "state.json");
    await project.mustRun("stack", "import", "--file", "state.json");

    expect((await project.mustRun("up", "--yes", "--skip-preview")).output).toContain("5 unchanged");
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("a copy of the stack in another backend buys nothing that was on record when it was copied", async () => {
    const { sandbox, project, declare } = await twoPurchases();
    await project.mustRun("stack", "export", "--file", "state.json");
    mkdirSync(join(project.folder, "elsewhere"));
    project.env.PULUMI_BACKEND_URL = `file://${join(project.folder, "elsewhere")}`;
    // Another machine: it has no journal of the first.
    project.env.VERCEL_CREDITS_JOURNAL = join(project.folder, "another-journal");
    await project.mustRun("stack", "init", "dev");
    await project.mustRun("stack", "import", "--file", "state.json");

    expect((await project.mustRun("up", "--yes", "--skip-preview")).output).toContain("5 unchanged");
    expect(sandbox.requests()).toHaveLength(2);
    declare("a", "b", "c");
    await project.mustRun("up", "--yes", "--skip-preview");
    expect(sandbox.charges()).toHaveLength(3);
  });

  test("moved to another project, with its order, it is not bought again there or here", async () => {
    const both = await twoPurchases();
    const { sandbox, project, declare } = both;
    project.write("Pulumi.yaml", "name: other\nruntime: nodejs\n");
    await project.mustRun("stack", "init", "organization/other/dev");
    project.write("index.js", "");
    await project.mustRun("up", "--yes", "--skip-preview", "--stack", "organization/other/dev");
    const move = [
      "state",
      "move",
      "--yes",
      "--source",
      "organization/test/dev",
      "--dest",
      "organization/other/dev",
    ];
    await project.mustRun(...move, urn(both), order(both));

    project.write(
      "index.js",
      `const { CreditPurchase } = require("pulumi-vercel-credits");
for (const { name, args, opts } of require("./purchases.json")) new CreditPurchase(name, args, opts);`,
    );
    declare("a");
    const there = await project.mustRun("up", "--yes", "--skip-preview", "--stack", "organization/other/dev");
    project.write("Pulumi.yaml", "name: test\nruntime: nodejs\n");
    declare("b");
    const here = await project.mustRun("up", "--yes", "--skip-preview", "--stack", "organization/test/dev");

    expect(there.output).toContain("3 unchanged");
    expect(here.output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("renamed in the state, both halves, it is what the program calls by the new name", async () => {
    const both = await twoPurchases();
    const { sandbox, project, declare } = both;
    await project.mustRun("state", "rename", urn(both), "new", "--yes");
    await project.mustRun("state", "rename", order(both), "new", "--yes");
    declare("new", "b");

    expect(await project.mustRun("up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toHaveLength(2);
  });
});

describe("what is a new order says so before it buys", () => {
  test("destroyed, and created again: the preview shows the charge", async () => {
    const { sandbox, project } = await twoPurchases();
    const { output } = await project.mustRun("destroy", "--yes", "--skip-preview");
    expect(output).toContain("The credits stay");
    expect(sandbox.requests()).toHaveLength(2);

    expect((await project.mustRun("preview")).output).toContain(CHARGE_LINE);
    await project.mustRun("up", "--yes", "--skip-preview");
    expect(sandbox.charges()).toHaveLength(4);
  });

  test("both the purchase and its order replaced, where there is no journal", async () => {
    const both = await twoPurchases(NO_JOURNAL);
    const { sandbox, project } = both;
    const flags = ["--replace", urn(both), "--replace", order(both)];

    expect((await project.mustRun("preview", ...flags)).output).toContain(CHARGE_LINE);
    expect(sandbox.requests()).toHaveLength(2);
  });
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
