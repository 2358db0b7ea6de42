import { CHARGED, expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

/** Every mistake: `tests/process/preflight.test.ts`. */
test("an expired token fails before anything is armed or kept, and a plain re-run is enough afterwards", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_API_TOKEN: "sandbox-expired" });

  const wrong = await project.up("--skip-preview");

  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain("Vercel does not accept the token");
  expect(wrong.output).toContain("run `pulumi up` again");
  expect(sentencesOf(wrong)).toEqual([NOTHING_CHARGED]);
  expectReadable(wrong);
  expect(project.resources().filter(({ urn }) => urn.includes("vercel:"))).toEqual([]);
  expect(sandbox.requests()).toHaveLength(0);

  project.env.VERCEL_API_TOKEN = "sandbox";
  const right = await project.up("--skip-preview");
  expect(right.code).toBe(0);
  expect(sentencesOf(right)).toEqual([CHARGED]);
  expect(sandbox.charges()).toHaveLength(1);
});
