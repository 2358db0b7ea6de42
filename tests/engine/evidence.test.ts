import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command";
import { killProvider, NO_JOURNAL, sandboxAndProject, watched, whenRequested } from "../support/stack";

const KEYS = { AI_GATEWAY_API_KEY: "gateway-key-1", V0_API_KEY: "v0-key-1" };
const MAYBE = "The card may have been charged.";

/** The command as a person runs it in the project's folder. */
const run = (project: { folder: string; env: NodeJS.ProcessEnv }, ...args: string[]) =>
  command(args, project.env, project.folder);

describe("an unknown outcome says what the balance suggests, and never decides by itself", () => {
  test.each([
    ["gateway", "cut-after-charge", 1, "very likely charged"],
    ["gateway", "cut-before-charge", 0, "very likely not charged"],
    ["v0", "500-after-charge", 1, "very likely charged"],
    ["v0", "cut-before-charge", 0, "very likely not charged"],
  ] as const)(
    "%s, %s: in the error, the journal and investigate",
    async (creditType, fault, charges, verdict) => {
      const { sandbox, project } = await sandboxAndProject(KEYS);
      project.declare({ name: "earlier", args: { creditType, amount: 70 } });
      await project.mustRun("up", "--yes", "--skip-preview");
      sandbox.use(creditType, "12.34");
      project.declare(
        { name: "earlier", args: { creditType, amount: 70 } },
        { name: "credits", args: { creditType, amount: 30 } },
      );
      sandbox.misbehave(fault);

      const up = await project.up("--skip-preview");
      const kept = project.resource("PurchaseOrder")?.outputs;
      const next = await project.up("--skip-preview");

      expect(up.code).not.toBe(0);
      expect(up.output).toContain(verdict);
      expect(up.output).toContain("balance was $57.66 when its order was opened");
      expect(up.output).toContain(MAYBE);
      expect(kept).toHaveProperty("__journal.balance.balance", "57.66");
      // It stays with a person, and the figures are of now, not of then.
      expect(next.code).not.toBe(0);
      expect(next.output).toContain(verdict);
      expect(project.outputs()).toMatchObject({ outcome: "unknown" });
      expect(project.outputs()?.reason).not.toContain("balance");
      expect(sandbox.requests()).toHaveLength(2);
      expect(sandbox.charges()).toHaveLength(1 + charges);

      const order = `${kept?.orderId}`;
      const journal = await run(project, "journal");
      expect(journal).toMatchObject({ status: 1, stdout: expect.stringContaining(verdict) });
      const shown = await run(project, "journal", "show", order);
      expect(shown).toMatchObject({ status: 1, stdout: expect.stringContaining(verdict) });
      const investigated = await run(project, "investigate", order);
      expect(investigated).toMatchObject({ status: 0, stdout: expect.stringContaining(verdict) });
      expect(investigated.stdout).toContain(MAYBE);
      expect(investigated.stdout).toContain('adopt: "<its intent or invoice id>"');
      expect(investigated.stdout).toContain("attempt: 2");
      for (const key of Object.values(KEYS)) {
        expect(
          project.read("state/.pulumi/stacks/test/dev.json") + up.output + investigated.stdout,
        ).not.toContain(key);
      }
    },
  );

  test("an order of a killed run is compared, too, and its balance is in the stack where no journal is", async () => {
    const { sandbox, project } = await watched(KEYS);
    sandbox.misbehave("never-answer");
    const up = project.start("up", "--yes", "--skip-preview");
    await whenRequested(sandbox, () => killProvider(project));
    await up.ended;

    const next = await project.up("--skip-preview");
    expect(next.code).not.toBe(0);
    expect(next.output).toContain("was about to be sent on ");
    expect(next.output).toContain("no answer is on record");
    expect(next.output).toContain("So these $100.00 were very likely charged.");
    expect(sandbox.requests()).toHaveLength(1);

    const exported = join(project.folder, "stack.json");
    writeFileSync(exported, (await project.mustRun("stack", "export")).output);
    const order = `${project.resource("PurchaseOrder")?.id}`;
    const elsewhere = { ...project.env, VERCEL_CREDITS_JOURNAL: join(project.folder, "elsewhere") };
    const found = await command(["investigate", order, "--state", exported], elsewhere, project.folder);
    expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining("very likely charged") });
  });

  test("without a journal, it still compares in the run that sent it", async () => {
    const { sandbox, project } = await sandboxAndProject({ ...KEYS, ...NO_JOURNAL });
    sandbox.misbehave("cut-after-charge");
    const up = await project.up("--skip-preview");
    expect(up.output).toContain("very likely charged");
    const next = await project.up("--skip-preview");
    expect(next.output).toContain("The balance can't tell whether these $100.00 were charged.");
    expect(next.output).toContain("Without a journal, other purchases in between are not known.");
  });
});

test("no balance is asked for without a key, in a preview, or for Agent credits; one read serves an update", async () => {
  const { sandbox, project } = await watched();
  await project.mustRun("up", "--yes");
  Object.assign(project.env, KEYS);
  project.declare(
    {},
    { name: "agent", args: { creditType: "agent", amount: 5 } },
    { name: "one", args: { amount: 5 } },
    { name: "two", args: { amount: 5 } },
  );
  await project.mustRun("preview");
  expect(sandbox.reads()).toMatchObject({ "gateway-balance": 0, "v0-balance": 0 });

  await project.mustRun("up", "--yes");

  expect(sandbox.reads()).toMatchObject({ "gateway-balance": 1, "v0-balance": 0 });
  expect(sandbox.charges()).toHaveLength(4);
});
