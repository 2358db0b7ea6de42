import { command } from "../support/command";
import { MAYBE_CHARGED } from "../support/sentences";
import { NO_JOURNAL, sandboxAndModel } from "../support/stack";

const KEYS = { AI_GATEWAY_API_KEY: "gateway-key-1", V0_API_KEY: "v0-key-1" };

/** The command as a person runs it in the project's folder. */
const run = (project: { folder: string; env: Record<string, string> }, ...args: string[]) =>
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
      const { sandbox, project } = await sandboxAndModel(KEYS);
      project.declare({ name: "earlier", args: { creditType, amount: 70 } });
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
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
      expect(up.output).toContain(MAYBE_CHARGED);
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
      expect(investigated.stdout).toContain(MAYBE_CHARGED);
      expect(investigated.stdout).toContain('adopt: "<its intent or invoice id>"');
      expect(investigated.stdout).toContain("attempt: 2");
      for (const key of Object.values(KEYS)) {
        expect(JSON.stringify(project.resources()) + up.output + investigated.stdout).not.toContain(key);
      }
    },
  );

  test("without a journal, it still compares in the run that sent it", async () => {
    const { sandbox, project } = await sandboxAndModel({ ...KEYS, ...NO_JOURNAL });
    sandbox.misbehave("cut-after-charge");
    const up = await project.up("--skip-preview");
    expect(up.output).toContain("very likely charged");
    const next = await project.up("--skip-preview");
    expect(next.output).toContain("The balance can't tell whether these $100.00 were charged.");
    expect(next.output).toContain("Without a journal, other purchases in between are not known.");
  });
});

test("no balance is asked for without a key, in a preview, or for Agent credits; one read serves an update", async () => {
  const { sandbox, project } = await sandboxAndModel();
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  Object.assign(project.env, KEYS);
  project.declare(
    {},
    { name: "agent", args: { creditType: "agent", amount: 5 } },
    { name: "one", args: { amount: 5 } },
    { name: "two", args: { amount: 5 } },
  );
  expect(await project.preview()).toMatchObject({ code: 0 });
  expect(sandbox.reads()).toMatchObject({ "gateway-balance": 0, "v0-balance": 0 });

  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

  expect(sandbox.reads()).toMatchObject({ "gateway-balance": 1, "v0-balance": 0 });
  expect(sandbox.charges()).toHaveLength(4);
});
