import { startSandbox } from "pulumi-vercel-credits/sandbox";
import { command } from "../support/command";
import type { Declared, Project } from "../support/project.mts";
import { sandboxAndProject, upCrashingAt } from "../support/stack";

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
  await project.up(); // one in doubt, one not sent
  const doubtful = ["a", "b"].find(
    (name) => project.resource("CreditPurchase", name)?.outputs.outcome === "unknown",
  ) as string;
  configureVercel(project);

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `${doubtful}: it was bought at the sandbox ${sandbox.url}, and not at Vercel`,
    );
    expect(run.output).toContain("The card may have been charged.");
    for (const way of unprotect(project, doubtful)) expect(run.output).toContain(way);
  }
  expect(sandbox.requests()).toHaveLength(1);

  const halves = [project.urn("CreditPurchase", doubtful), project.urn("PurchaseOrder", doubtful)];
  const targeted = ["destroy", "--yes", "--skip-preview", ...halves.flatMap((urn) => ["--target", urn])];
  expect((await project.run(...targeted)).code).not.toBe(0); // protected
  for (const urn of halves) await project.mustRun("state", "unprotect", urn, "--yes");
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

test("an order that a killed update left at the sandbox stops with Vercel's address, too", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare(A);
  await upCrashingAt(project, "before-state");
  configureVercel(project);

  const run = await project.up();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain(`a: it was bought at the sandbox ${sandbox.url}, and not at Vercel`);
  expect(run.output).toContain("The card was charged.");
  await project.mustRun("state", "unprotect", "--all", "--yes");
  expect(await project.run("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
});

test("a purchase that may have charged at Vercel is not tried again at the sandbox, so nothing takes its place on record", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_CREDITS_JOURNAL: "off" });
  project.declare(A);
  sandbox.misbehave("cut-after-charge");
  await project.up();
  // As it would have been made elsewhere: the state says at which address.
  const { output } = await project.mustRun("stack", "export");
  project.write("state.json", output.replaceAll(`${sandbox.url}/`, "https://api.example.com/"));
  await project.mustRun("stack", "import", "--file", "state.json");

  project.declare({ ...A, args: { ...A.args, attempt: 2 } });
  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      "was opened for https://api.example.com/, and the address configured now is the sandbox",
    );
    expect(run.output).toContain("The card may have been charged.");
  }
  expect(sandbox.requests()).toHaveLength(1);
  expect(project.resource("CreditPurchase", "a")?.outputs).toMatchObject({ outcome: "unknown", attempt: 1 });
});

test("with another address of this machine it goes on, and a line says so", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare(A);
  await project.up();
  const other = await startSandbox();
  project.env.VERCEL_API_URL = other.url;

  const run = await project.up();
  await other.close();

  expect(run).toMatchObject({
    code: 0,
    output: expect.stringContaining(
      `a: it was made at the sandbox ${sandbox.url}; ${other.url} is configured now.`,
    ),
  });
  expect(other.requests()).toHaveLength(0);
});

async function previewOf(project: Project): Promise<string> {
  return (await project.run("preview", "--json", "--show-sames")).output;
}
