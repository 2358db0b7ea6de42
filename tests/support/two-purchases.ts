import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import type { Project } from "./project.mts";
import { lastingProject, sandboxAndProject } from "./stack";

/** Two purchases that are made, `a` and `b`, not protected, so that the engine itself stops nothing. */
export async function twoPurchases(env: Record<string, string> = {}) {
  return buyTwo(await sandboxAndProject(env));
}

async function buyTwo({ sandbox, project }: { sandbox: Sandbox; project: Project }) {
  const declare = (...names: string[]) =>
    project.declare(...names.map((name) => ({ name, opts: { protect: false } })));
  declare("a", "b");
  await project.mustRun("up", "--yes", "--skip-preview");
  return { sandbox, project, declare };
}

type Commands = (urns: { purchase: string; order: string }) => string[][];

/**
 * Commands that change nothing of what is bought, one row each: with what they print. They are run one after another on the
 * same stack.
 */
export function testNothingIsBoughtAgain(...rows: readonly [string, Commands, string[]][]): void {
  let sandbox: Sandbox;
  let project: Project;
  let bought: unknown[];
  beforeAll(async () => {
    sandbox = await startSandbox();
    project = lastingProject({ VERCEL_API_URL: sandbox.url }).init();
    await buyTwo({ sandbox, project });
    bought = ["a", "b"].map((name) => project.outputs(name)?.intentId);
  });
  afterAll(async () => {
    project?.close();
    await sandbox?.close();
  });

  test.each(rows)("%s", async (_how, commands, says) => {
    const urns = { purchase: project.urn("CreditPurchase", "a"), order: project.urn("PurchaseOrder", "a") };

    let output = "";
    for (const args of commands(urns)) output += (await project.mustRun(...args)).output;

    expect(output).not.toContain(CHARGE_LINE);
    for (const words of says) expect(output).toContain(words);
    expect(sandbox.requests()).toHaveLength(2);
    const exported = (await project.mustRun("stack", "export")).output;
    for (const intentId of bought) expect(exported).toContain(`"intentId": "${intentId}"`);
  });
}

export const CHARGE_LINE = "will be charged now";
