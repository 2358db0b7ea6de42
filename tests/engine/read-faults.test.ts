import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { sandboxAndProject } from "../support/stack";

const KEYS = { AI_GATEWAY_API_KEY: "gateway-key-1", V0_API_KEY: "v0-key-1" };

const FAULTS: Parameters<Sandbox["misbehaveOn"]>[1][] = [
  "status",
  "rate-limit",
  "redirect",
  "cut-before-charge",
  "cut-in-head",
  "cut-in-body",
  "garbage",
  "empty",
  "oversized",
  "never-answer",
];

test.each(FAULTS)(
  "what is only read misbehaves (%s): it is noted, the purchase goes on, and an unknown outcome stays one",
  async (fault) => {
    const { sandbox, project } = await sandboxAndProject(KEYS);
    sandbox.misbehaveOn("team", fault);
    sandbox.misbehaveOn("gateway-balance", fault);

    const bought = await project.up("--skip-preview");

    expect(bought).toMatchObject({ code: 0, output: expect.stringContaining("The card was charged.") });
    expect(bought.output).toContain("preflight check inconclusive (");
    expect(bought.output).toContain("balance can't be read");
    expect(sandbox.charges()).toHaveLength(1);

    // At the opening it can be read; when it is needed to compare, it can't.
    project.declare({}, { name: "more", args: { creditType: "v0" } });
    sandbox.misbehave("cut-after-charge");
    const asked = sandbox.nextRequest().then(() => sandbox.misbehaveOn("v0-balance", fault));
    const unknown = await project.up("--skip-preview");
    await asked;

    expect(unknown.code).not.toBe(0);
    expect(unknown.output).toContain("The card may have been charged.");
    expect(unknown.output).toContain("No hint from the balance: the v0 balance can't be read");
    expect(project.outputs("more")).toMatchObject({ outcome: "unknown" });
    expect(sandbox.charges()).toHaveLength(2);
  },
);

test.each([
  ["getGatewayBalanceOutput", "gateway-balance"],
  ["getV0BalanceOutput", "v0-balance"],
] as const)(
  "%s fails with one line, whatever is answered, and what is new in an answer is no fault",
  async (name, read) => {
    const { sandbox, project } = await sandboxAndProject(KEYS, {
      program: `exports.left = require("pulumi-vercel-credits").${name}().balance;`,
    });
    for (const fault of FAULTS) {
      sandbox.misbehaveOn(read, fault);
      const { code, output } = await project.preview();

      expect([fault, code === 0]).toEqual([fault, false]);
      expect(output).toMatch(/Balance: the .* balance can't be read: .*[^.]\. Nothing was charged\./);
      expect(output).not.toMatch(/^\s+at /m);
    }
    sandbox.misbehaveOn(read, "extra-fields");
    expect(await project.preview()).toMatchObject({ code: 0 });
  },
);
