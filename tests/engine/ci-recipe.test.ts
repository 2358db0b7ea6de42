import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Project, ROOT } from "../../tools/pulumi-project.mts";
import { sandboxAndProject } from "../support/stack";

const SCRIPT = join(ROOT, "examples/ci/review-and-buy.sh");

function recipe(project: Project, what: string, env: Record<string, string> = {}) {
  const options = { cwd: project.folder, env: { ...project.env, ...env }, timeout: 90_000 };
  return new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(SCRIPT, [what], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });
}

test("the recipe for CI: a preview without a token, a review, the approved plan, and a second run that buys nothing", async () => {
  const { sandbox, project } = await sandboxAndProject();
  const token = { VERCEL_API_TOKEN: "", VERCEL_TOKEN: "" };

  const preview = await recipe(project, "preview", token);
  expect(preview).toMatchObject({
    code: 0,
    output: expect.stringContaining("**$100.00 will be charged at once**"),
  });
  expect(sandbox.requests()).toHaveLength(0);

  const buy = await recipe(project, "buy");
  expect(buy).toMatchObject({ code: 0, output: expect.stringContaining("The card was charged.") });
  expect(sandbox.charges()).toHaveLength(1);

  const again = await recipe(project, "preview", token);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining("No Vercel credits are bought") });
  expect((await recipe(project, "buy")).code).toBe(0);
  expect(sandbox.requests()).toHaveLength(1);
});

test("what was not in the approved plan is not bought", async () => {
  const { sandbox, project } = await sandboxAndProject();
  expect((await recipe(project, "preview")).code).toBe(0);
  project.declare({ args: { amount: 400 } });

  const buy = await recipe(project, "buy");

  expect(buy.code).not.toBe(0);
  expect(sandbox.requests()).toHaveLength(0);
});

test("a preview over the budget fails its job, and says why there is nothing to approve", async () => {
  const { project } = await sandboxAndProject();
  await project.config("vercelCredits:maxAmountPerUpdate", "50");

  const { code, output } = await recipe(project, "preview");

  expect(code).toBe(2);
  expect(output).toContain("vercelCredits:maxAmountPerUpdate allows $50.00");
  expect(existsSync(join(project.folder, "plan.json"))).toBe(false);
});

test("no preview job is given the token", () => {
  const files = readdirSync(join(ROOT, "examples/ci"), { recursive: true, encoding: "utf8" });
  const withToken = files.filter(
    (file) =>
      file.endsWith(".yml") &&
      readFileSync(join(ROOT, "examples/ci", file), "utf8").includes("secrets.VERCEL_API_TOKEN"),
  );
  expect(withToken).toEqual(["github-actions/credits-buy.yml"]);
});
