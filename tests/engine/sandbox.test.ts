import { command } from "../support/command";
import type { Declared, Project } from "../support/project.mts";
import { MAYBE_CHARGED } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

const A: Declared = { name: "a", args: { creditType: "gateway", amount: 7 } };
const B: Declared = { name: "b", args: { creditType: "v0", amount: 5 } };

/** As a user goes on from the sandbox: the address is no longer set, so that it is Vercel's own. */
function configureVercel(project: Project): void {
  delete project.env.VERCEL_API_URL;
}

const unprotect = (project: Project, name: string) =>
  [project.urn("CreditPurchase", name), project.urn("PurchaseOrder", name)].map(
    (urn) => `pulumi state unprotect '${urn}' --yes`,
  );

test("what the sandbox sold says so wherever it shows", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare(A);

  const review = await command(["review", "--format", "json", "-"], {}, undefined, await previewOf(project));
  expect(JSON.parse(review.stdout)).toMatchObject({ total: "7.00", atSandbox: "7.00", passes: true });
  const up = await project.up();

  expect(up.output).toContain(
    `will be charged now. Not refundable. (At the sandbox ${sandbox.url}, where no money moves.)`,
  );
  expect(up.output).toContain(`The card was charged. (At the sandbox ${sandbox.url}, where no money moves.)`);
  expect(project.resource("CreditPurchase", "a")?.outputs.sandbox).toBe(sandbox.url);
  expect(project.resource("CreditPurchase", "a")?.outputs.summary).toContain("at the sandbox");
  const journal = await command(["journal"], { PULUMI_HOME: project.env.PULUMI_HOME });
  expect(journal.stdout).toContain("bought, sandbox");
  const again = await command(["review", "-"], {}, undefined, await previewOf(project));
  expect(again.stdout).not.toContain("$7.00");
});

test("with Vercel's address it never passes for a purchase: preview and update stop, and say how to drop it", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare(A, B);
  sandbox.misbehave("cut-after-charge");
  await project.up("--skip-preview"); // one in doubt, one not sent
  const doubtful = ["a", "b"].find(
    (name) => project.resource("CreditPurchase", name)?.outputs.outcome === "unknown",
  ) as string;
  configureVercel(project);

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `${doubtful}: what is on record of it (its outcome is unknown) was made at the sandbox ${sandbox.url}, and not at Vercel`,
    );
    expect(run.output).toContain(MAYBE_CHARGED);
    for (const way of unprotect(project, doubtful)) expect(run.output).toContain(way);
  }
  expect(sandbox.requests()).toHaveLength(1);

  const halves = [project.urn("CreditPurchase", doubtful), project.urn("PurchaseOrder", doubtful)];
  const targeted = ["destroy", "--yes", "--skip-preview", ...halves.flatMap((urn) => ["--target", urn])];
  expect((await project.run(...targeted)).code).not.toBe(0); // protected
  await project.mustRun("state", "unprotect", ...halves, "--yes");
  const destroyed = await project.run(...targeted);
  expect(project.resource("CreditPurchase", doubtful === "a" ? "b" : "a")).toBeDefined();
  await project.mustRun("state", "unprotect", "--all", "--yes");
  expect(await project.run("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(destroyed).toMatchObject({
    code: 0,
    output: expect.stringContaining(
      `The card may have been charged. The credits stay, and nothing is refunded. (At the sandbox ${sandbox.url}`,
    ),
  });

  const { output } = await project.preview();
  expect(output).toContain(
    "a: $7.00 of AI Gateway credits for team acme will be charged now. Not refundable.\n",
  );
});

async function previewOf(project: Project): Promise<string> {
  return (await project.run("preview", "--json", "--show-sames")).output;
}
