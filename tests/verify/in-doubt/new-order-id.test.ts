import { hostname } from "node:os";
import { expectAliasFindsOrder, TYPE } from "../../support/aliases";
import { program } from "../../support/programs";
import type { Project } from "../../support/project.mts";
import { CHARGED, expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";
import { inDoubt, NO_JOURNAL, newProject, sandboxAndProject } from "../../support/stack";

/**
 * What allows another request is a higher attempt. A new order id allows nothing, whatever gave the order one: the order
 * can be tainted, replaced, left behind, or lose its alias, while the purchase keeps its record.
 */

const order = (project: Project, name?: string) => project.urn("PurchaseOrder", name);

async function settle(project: Project, declare: () => void): Promise<void> {
  declare();
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
}

/** Those with a journal that are missing here are rows of the matrix: `taint order`, `replace order`, `lose order`. */
describe("a purchase in doubt whose order alone gets a new id: nothing is sent", () => {
  type Act = (project: Project) => Promise<string[]>;
  const rename: Act = async (project) => {
    await project.mustRun("state", "rename", order(project), "elsewhere", "--yes");
    return [];
  };
  test.each<[string, Record<string, string>, Act]>([
    ["pulumi state rename of the order", {}, rename],
    ["pulumi state rename of the order, without a journal", NO_JOURNAL, rename],
    [
      "up --replace of the order, without a journal",
      NO_JOURNAL,
      async (project) => ["--replace", order(project)],
    ],
    [
      "pulumi state taint of the order, without a journal",
      NO_JOURNAL,
      async (project) => {
        await project.mustRun("state", "taint", order(project), "--yes");
        return [];
      },
    ],
    [
      "the order lost from the state, without a journal",
      NO_JOURNAL,
      async (project) => {
        project.loseFromState("PurchaseOrder");
        return [];
      },
    ],
  ])("%s", async (_how, env, act) => {
    const { sandbox, project } = await inDoubt(env);

    const flags = await act(project);
    const first = await project.up("--skip-preview", ...flags);
    const second = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(1);
    for (const run of [first, second]) {
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expectReadable(run);
    }
    expect(project.outputs()).toMatchObject({ outcome: "unknown" });
    await settle(project, () => project.declare({ args: { adopt: "pur_found" }, opts: { protect: false } }));
    expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId: "pur_found" });
    expect(sandbox.requests()).toHaveLength(1);
  });
});

test("pulumi state move of the purchase alone, its order left behind: it stays in doubt where it is now", async () => {
  const { sandbox, project } = await inDoubt();
  const stacks = { from: "organization/test/dev", to: "organization/other/dev" };
  project.write("Pulumi.yaml", "name: other\nruntime: nodejs\n");
  await project.mustRun("stack", "init", stacks.to);
  const program = project.read("index.js");
  project.write("index.js", "");
  await project.mustRun("up", "--yes", "--skip-preview", "--stack", stacks.to);
  const move = ["state", "move", "--yes", "--source", stacks.from, "--dest", stacks.to];
  await project.mustRun(...move, project.urn());
  project.write("index.js", program);

  const first = await project.up("--skip-preview", "--stack", stacks.to);
  const second = await project.up("--skip-preview", "--stack", stacks.to);

  expect(sandbox.requests()).toHaveLength(1);
  for (const run of [first, second]) {
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  }
  project.declare({ args: { adopt: "pur_found" }, opts: { protect: false } });
  expect((await project.up("--skip-preview", "--stack", stacks.to)).code).toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
});

describe("an alias finds the order as surely as the purchase", () => {
  const parentAnd = (child: string) =>
    program(`const parent = new CreditPurchase("parent", A, { protect: false });
${child}`);

  test("a full URN through a parent that is a purchase itself", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.write("index.js", parentAnd(""));
    await project.mustRun("up", "--yes", "--skip-preview");
    sandbox.misbehave("cut-after-charge");
    project.write("index.js", parentAnd(`new CreditPurchase("child", A, { parent, protect: false });`));
    await project.up("--skip-preview");

    const alias = `urn:pulumi:dev::test::${TYPE}$${TYPE}::child`;
    const moved = (more = "") =>
      `new CreditPurchase("child", { ...A${more} }, { aliases: ["${alias}"], protect: false });`;
    project.write("index.js", parentAnd(moved()));
    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(2);
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
    await settle(project, () => project.write("index.js", parentAnd(moved(`, adopt: "pur_found"`))));
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("a name that a transform adds to the purchase only", () =>
    expectAliasFindsOrder(`{ name: "credits" }`));
});

describe("a purchase that was bought", () => {
  const HALVES: [string, (project: Project) => Promise<string[]>][] = [
    [
      "tainted",
      async (project) => {
        await project.mustRun("state", "taint", order(project), "--yes");
        return [];
      },
    ],
    ["replaced", async (project) => ["--replace", order(project)]],
    [
      "lost from the state",
      async (project) => {
        project.loseFromState("PurchaseOrder");
        return [];
      },
    ],
  ];

  async function bought(env = {}) {
    const both = await sandboxAndProject(env);
    both.project.declare({ opts: { protect: false } });
    await both.project.mustRun("up", "--yes", "--skip-preview");
    return { ...both, kept: both.project.outputs() };
  }

  test.each(HALVES)("its order %s: up succeeds, and nothing is sent or changed", async (_how, act) => {
    const { sandbox, project, kept } = await bought();

    const run = await project.up("--skip-preview", ...(await act(project)));
    const again = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(1);
    expect(run.code).toBe(0);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
    expect(project.outputs()).toEqual(kept);
  });

  test.each(["lost", "--replace", "taint"])(
    "both halves (%s): up stops, names the first, and sends nothing",
    async (how) => {
      const { sandbox, project, kept } = await bought();
      const both = [project.urn(), order(project)];
      if (how === "taint") {
        for (const urn of both) await project.mustRun("state", "taint", urn, "--yes");
      }
      if (how === "lost") {
        for (const urn of both) await project.mustRun("state", "delete", urn, "--yes");
      }
      const flags = how === "--replace" ? both.flatMap((urn) => ["--replace", urn]) : [];

      const preview = await project.preview(...flags);
      const run = await project.up("--skip-preview", ...flags);

      expect(sandbox.requests()).toHaveLength(1);
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([CHARGED]);
      for (const named of [
        `${kept?.orderId}`,
        hostname(),
        new Date().toISOString().slice(0, 10),
        `${kept?.intentId}`,
        "adopt",
        "attempt: 2",
        "another name",
      ]) {
        expect(run.output).toContain(named);
      }
      expect(preview.output).not.toContain("will be charged now");
      expectReadable(run);

      project.declare({ args: { adopt: kept?.intentId }, opts: { protect: false } });
      expect((await project.up("--skip-preview")).code).toBe(0);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  test("both halves lost, a higher attempt is a person's word: it buys another", async () => {
    const { sandbox, project } = await bought();
    for (const urn of [project.urn(), order(project)]) await project.mustRun("state", "delete", urn, "--yes");
    project.declare({ args: { attempt: 2 }, opts: { protect: false } });

    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "bought", attempt: 2 });
    expect(sandbox.charges()).toHaveLength(2);
  });

  test("both halves lost where there is no journal: it is a new order, as the preview says", async () => {
    const { sandbox, project } = await bought(NO_JOURNAL);
    for (const urn of [project.urn(), order(project)]) await project.mustRun("state", "delete", urn, "--yes");

    expect((await project.preview()).output).toContain("will be charged now");
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.charges()).toHaveLength(2);
  });

  test("replaced, and its record taken from the journal: its claim is not released by that", async () => {
    const { sandbox, project } = await bought();
    await project.mustRun("up", "--yes", "--skip-preview", "--replace", project.urn());
    for (const urn of [project.urn(), order(project)]) await project.mustRun("state", "delete", urn, "--yes");

    const run = await project.up("--skip-preview");

    expect(run.code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("destroyed, and declared again: that is another purchase, and it is bought", async () => {
    const { sandbox, project } = await bought();
    await project.mustRun("destroy", "--yes", "--skip-preview");

    expect((await project.up("--skip-preview")).code).toBe(0);
    expect(sandbox.charges()).toHaveLength(2);
  });
});

test("in another stack or project the same program is another purchase", async () => {
  const { sandbox, project } = await sandboxAndProject();
  await project.mustRun("up", "--yes", "--skip-preview");
  await project.mustRun("stack", "init", "prod");
  await project.mustRun("up", "--yes", "--skip-preview", "--stack", "prod");
  const other = await newProject({
    VERCEL_API_URL: sandbox.url,
    VERCEL_CREDITS_JOURNAL: `${project.folder}/home/vercel-credits/journal`,
  });
  other.declare({});
  other.write("Pulumi.yaml", "name: other\nruntime: nodejs\n");
  await other.mustRun("stack", "init", "organization/other/dev");
  await other.mustRun("up", "--yes", "--skip-preview", "--stack", "organization/other/dev");

  expect(sandbox.charges()).toHaveLength(3);
});
