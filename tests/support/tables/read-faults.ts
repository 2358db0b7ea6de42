import * as pulumi from "@pulumi/pulumi";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
// Not the compiled one, which imports in a way that jest can't.
import { getGatewayBalance, getV0Balance } from "../../../provider/src/get-balance";
import { type Part, partOf } from "../part";
import { CHARGED, MAYBE_CHARGED, sentencesOf } from "../sentences";
import { newSandbox, sandboxAndModel } from "../stack";

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

export function testReadFaults(part: Part): void {
  test.each(partOf(part, 3, FAULTS))(
    "what is only read misbehaves (%s): it is noted, the purchase goes on, and an unknown outcome stays one",
    async (fault) => {
      const { sandbox, project } = await sandboxAndModel(KEYS);
      project.preload("hurries");
      sandbox.misbehaveOn("team", fault);
      sandbox.misbehaveOn("gateway-balance", fault);

      const bought = await project.up("--skip-preview");

      expect(bought).toMatchObject({ code: 0 });
      expect(sentencesOf(bought)).toEqual([CHARGED]);
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
      expect(sentencesOf(unknown)).toContain(MAYBE_CHARGED);
      expect(unknown.output).toContain("No hint from the balance: the v0 balance can't be read");
      expect(project.outputs("more")).toMatchObject({ outcome: "unknown" });
      expect(sandbox.charges()).toHaveLength(2);
    },
  );

  describe("a program that reads a balance fails with one line, whatever is answered", () => {
    const env = { ...process.env };
    const { timeout } = AbortSignal;
    beforeEach(() => {
      jest.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout.call(AbortSignal, 500));
    });
    afterEach(() => {
      process.env = env;
      jest.restoreAllMocks();
    });

    test.each(
      partOf(part, 2, [
        ["getGatewayBalance", getGatewayBalance, "gateway-balance"],
        ["getV0Balance", getV0Balance, "v0-balance"],
      ] as const),
    )("%s; and what is new in an answer is no fault", async (name, get, read) => {
      const sandbox = await newSandbox();
      process.env = { ...env, ...KEYS, VERCEL_API_URL: sandbox.url };
      for (const fault of FAULTS) {
        sandbox.misbehaveOn(read, fault);
        const error = await get().catch((thrown) => thrown);

        // Of such an error Pulumi shows the message alone.
        expect([fault, pulumi.RunError.isInstance(error)]).toEqual([fault, true]);
        expect(error.message).toMatch(
          /Balance: the .* balance can't be read: .*[^.]\. Nothing was charged\.$/,
        );
        expect(error.message).toContain(name);
      }
      sandbox.misbehaveOn(read, "extra-fields");
      expect(await get()).toHaveProperty("balance");
    });
  });
}
