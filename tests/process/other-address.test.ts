import { startSandbox } from "pulumi-vercel-credits/sandbox";
import type { Declared } from "../support/project.mts";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { closeLater, sandboxAndModel, upCrashingAt } from "../support/stack";

/** What was bought at the sandbox, or wasn't, when another address is configured. */

const A: Declared = { name: "a", args: { creditType: "gateway", amount: 7 } };

test("an order that a killed update left at the sandbox stops with Vercel's address, too", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.declare(A);
  await upCrashingAt(project, "before-state");
  delete project.env.VERCEL_API_URL;

  const run = await project.up();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain(
    `a: what is on record of it (its outcome is bought) was made at the sandbox ${sandbox.url}, and not at Vercel`,
  );
  expect(sentencesOf(run)).toEqual([CHARGED]);
  expect(run.output).toContain(`(At the sandbox ${sandbox.url}, where no money moves.)`);
  expect(await project.destroyUnprotected()).toMatchObject({ code: 0 });
});

test("what the sandbox did not sell is not said to be bought there", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.declare(A);
  sandbox.misbehave("decline");
  await project.up("--skip-preview");
  delete project.env.VERCEL_API_URL;

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `a: what is on record of it (its outcome is refused) was made at the sandbox ${sandbox.url}, and not at Vercel`,
    );
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  }
});

test("a purchase that may have charged at Vercel is not tried again at the sandbox, so nothing takes its place on record", async () => {
  const { sandbox, project } = await sandboxAndModel({ VERCEL_CREDITS_JOURNAL: "off" });
  project.declare(A);
  sandbox.misbehave("cut-after-charge");
  await project.up("--skip-preview");
  // As it would have been made elsewhere: the state says at which address.
  project.editState((resources) =>
    JSON.parse(JSON.stringify(resources).replaceAll(`${sandbox.url}/`, "https://api.example.com/")),
  );

  project.declare({ ...A, args: { ...A.args, attempt: 2 } });
  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      "was opened for https://api.example.com/, and the address configured now is the sandbox",
    );
    expect(run.output).toContain(MAYBE_CHARGED);
  }
  expect(sandbox.requests()).toHaveLength(1);
  expect(project.resource("CreditPurchase", "a")?.outputs).toMatchObject({ outcome: "unknown", attempt: 1 });
});

test("with another address of this machine it goes on, and a line says so", async () => {
  const { sandbox, project } = await sandboxAndModel();
  project.declare(A);
  await project.up("--skip-preview");
  const other = await startSandbox();
  closeLater(() => other.close());
  project.env.VERCEL_API_URL = other.url;

  const run = await project.up();

  expect(run).toMatchObject({
    code: 0,
    output: expect.stringContaining(
      `a: it was made at the sandbox ${sandbox.url}; ${other.url} is configured now.`,
    ),
  });
  expect(other.requests()).toHaveLength(0);
});
