import https from "node:https";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { generate } from "selfsigned";
import type { ModelledProject } from "../modelled-project";
import { type Part, partOf, single } from "../part";
import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../sentences";
import { listen } from "../servers";
import { NO_JOURNAL, sandboxAndModel } from "../stack";

/** What the purchase itself is answered: a preflight would see these mistakes before anything is kept. */
const withoutPreflight = (project: ModelledProject) => project.config("vercelCredits:preflight", "off");

type Fault = Parameters<Sandbox["misbehave"]>;

export function testOutcomes(part: Part): void {
  describe("Vercel took the order: up succeeds, and the next up changes nothing", () => {
    test.each<[string, Fault | undefined, string, string, string]>(
      partOf<[string, Fault | undefined, string, string, string]>(part, 3, [
        ["an intent that succeeded", undefined, "bought", "succeeded", CHARGED],
        ["a subscription intent", ["orb"], "bought", "succeeded", CHARGED],
        ["fields that are new", ["extra-fields"], "bought", "succeeded", CHARGED],
        ["optional fields missing", ["missing-optional"], "bought", "succeeded", CHARGED],
        ["money sent as numbers", ["money-as-number"], "bought", "succeeded", CHARGED],
        ["escape sequences in every text", ["escape-sequences"], "bought", "succeeded", CHARGED],
        ["a pending intent", ["pending"], "pending", "pending", MAYBE_CHARGED],
        ["a status that is new", ["unknown-status"], "pending", "processing", MAYBE_CHARGED],
        ["a kind of intent that is new", ["unknown-kind"], "pending", "succeeded", MAYBE_CHARGED],
      ]),
    )("%s", async (_what, fault, outcome, status, sentence) => {
      const { sandbox, project } = await sandboxAndModel();
      if (fault) sandbox.misbehave(...fault);

      const first = await project.up("--skip-preview");
      const kept = project.outputs();
      const second = await project.up("--skip-preview");

      expect(first).toMatchObject({ code: 0 });
      expect(sentencesOf(first)).toEqual([sentence]);
      expect(first.output).not.toMatch(/\p{Cc}(?<![\r\n\t])|\u202e/u);
      expect(kept).toMatchObject({
        outcome,
        status,
        orderId: expect.stringMatching(/^order_/),
        answer: expect.anything(),
      });
      expect(kept).not.toHaveProperty("reason");
      expect([kept?.intentId, kept?.purchaseIntentId]).toContain(sandbox.charges()[0]?.intentId);
      expect(second).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
      expect(sandbox.requests()).toHaveLength(1);
      expect(project.outputs()).toEqual(kept);
    });
  });

  describe("Vercel did not take it, or nobody knows: up fails, it is kept, and the next up fails the same way", () => {
    test.each<[string, Fault, number, string, string, string]>(
      partOf<[string, Fault, number, string, string, string]>(part, 3, [
        // A checkout session can have been paid by the next run.
        ["a checkout session", ["checkout"], 0, "checkout", NOTHING_CHARGED, MAYBE_CHARGED],
        ["an intent that failed", ["failed"], 0, "failed", NOTHING_CHARGED, NOTHING_CHARGED],
        ["a declined card (402)", ["decline"], 0, "refused", NOTHING_CHARGED, NOTHING_CHARGED],
        ["an answer that is not JSON", ["garbage"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["an empty answer", ["empty"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["an intent without a status", ["no-status"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["an answer cut off in its body", ["cut-in-body"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["an answer over 1 MiB", ["oversized"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["402 purchase_complete_failed", ["complete-failed"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["a redirect", ["redirect"], 0, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["408", ["status", { status: 408, charge: true }], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["499", ["status", { status: 499, charge: true }], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["409", ["status", { status: 409 }], 0, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["410", ["status", { status: 410 }], 0, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["500 after the charge", ["500-after-charge"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        ["502 after the charge", ["502-after-charge"], 1, "unknown", MAYBE_CHARGED, MAYBE_CHARGED],
        [
          "a connection cut before the charge",
          ["cut-before-charge"],
          0,
          "unknown",
          MAYBE_CHARGED,
          MAYBE_CHARGED,
        ],
        [
          "a connection cut after the charge",
          ["cut-after-charge"],
          1,
          "unknown",
          MAYBE_CHARGED,
          MAYBE_CHARGED,
        ],
      ]),
    )("%s", async (_what, fault, charges, outcome, atOnce, later) => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave(...fault);

      const first = await project.up("--skip-preview");
      const kept = project.outputs();
      const second = await project.up("--skip-preview");

      expect(first.code).not.toBe(0);
      expect(sentencesOf(first)).toEqual([atOnce]);
      expect(kept).toMatchObject({ outcome, reason: expect.stringContaining(atOnce) });
      expect(second.code).not.toBe(0);
      expect(sentencesOf(second)).toEqual([later]);
      for (const run of [first, second]) expectReadable(run);
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
      expect(sandbox.charges()).toHaveLength(charges);
    });

    test.each<[string, Fault, string]>(
      partOf<[string, Fault, string]>(part, 2, [
        ["a checkout session", ["checkout"], MAYBE_CHARGED],
        ["an intent that failed", ["failed"], NOTHING_CHARGED],
        ["a declined card", ["decline"], NOTHING_CHARGED],
        ["an unknown outcome", ["500-after-charge"], MAYBE_CHARGED],
      ]),
    )(
      "a preview says that the next up fails, and that nothing will be bought: %s",
      async (_what, fault, sentence) => {
        const { sandbox, project } = await sandboxAndModel();
        sandbox.misbehave(...fault);
        await project.up("--skip-preview");

        const preview = await project.preview();

        expect(preview.output).not.toContain("will be charged");
        expect(preview.output).toContain("nothing will be bought, and `pulumi up` will fail");
        expect(sentencesOf(preview)).toEqual([sentence]);
        expectReadable(preview);
      },
    );

    single(part)("no answer within the time-out", async () => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave("never-answer");
      project.config("vercelCredits:timeoutSeconds", "1");

      expect(sentencesOf(await project.up("--skip-preview"))).toEqual([MAYBE_CHARGED]);
      expect(project.outputs()).toMatchObject({ outcome: "unknown", status: "unknown" });
      expect(sentencesOf(await project.up("--skip-preview"))).toEqual([MAYBE_CHARGED]);
      expect(sandbox.charges()).toHaveLength(1);
    });

    test.each<[string, () => Promise<string>]>(
      partOf<[string, () => Promise<string>]>(part, 2, [
        ["nobody listens", async () => "http://127.0.0.1:1"],
        ["the name does not resolve", async () => "https://no-such-host.invalid"],
        [
          "the certificate is refused",
          async () => {
            const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
            return `https://localhost:${await listen(https.createServer({ key, cert }))}`;
          },
        ],
      ]),
    )("the request could not be sent: %s", async (_what, url) => {
      const { project } = await sandboxAndModel({ ...NO_JOURNAL, VERCEL_API_URL: await url() });
      withoutPreflight(project);

      expect(sentencesOf(await project.up("--skip-preview"))).toEqual([NOTHING_CHARGED]);
      expect(project.outputs()).toMatchObject({ outcome: "notSent", status: "notSent" });
      expect(sentencesOf(await project.up("--skip-preview"))).toEqual([NOTHING_CHARGED]);
    });

    test.each(
      partOf(part, 2, [
        ["an expired token (401)", { VERCEL_API_TOKEN: "sandbox-expired" }, "401"],
        ["a member without a role that may buy (403)", { VERCEL_API_TOKEN: "sandbox-viewer" }, "403"],
        ["an unknown team (404)", { VERCEL_TEAM: "unknown-team" }, "404"],
      ]),
    )("%s names the status, Vercel's words and what to do", async (_what, env, status) => {
      const { sandbox, project } = await sandboxAndModel(env);
      withoutPreflight(project);

      const first = await project.up("--skip-preview");

      expect(first.output).toMatch(new RegExp(`Vercel answered ${status}, .*attempt: 2`));
      expect(sentencesOf(first)).toEqual([NOTHING_CHARGED]);
      expect(project.outputs()).toMatchObject({ outcome: "refused", status: "refused" });
      expect(sandbox.charges()).toHaveLength(0);
    });

    single(part)("the token is kept out even where Vercel repeats it", async () => {
      const { sandbox, project } = await sandboxAndModel({ VERCEL_API_TOKEN: "tok_recognisable" });
      sandbox.misbehave("echo-token");

      const run = await project.up("--skip-preview");

      expect(run.output + JSON.stringify(project.resources())).not.toContain("tok_recognisable");
      expect(run.output).toContain("No such thing: Bearer [token]");
      expect(project.outputs()).toMatchObject({
        outcome: "refused",
        requestId: "local1::Bearer [token]",
        answer: { error: { message: "No such thing: Bearer [token]" } },
      });
      expect(sandbox.requests()).toHaveLength(1);
    });
  });

  describe("settling a purchase", () => {
    test.each<[string, Fault]>(
      partOf<[string, Fault]>(part, 2, [
        ["unknown", ["cut-after-charge"]],
        ["checkout", ["checkout"]],
      ]),
    )("%s: adopt records it, sends nothing, and ends the failing", async (_status, fault) => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave(...fault);
      await project.up("--skip-preview");

      project.declare({ args: { adopt: "pur_found" } });
      const preview = await project.preview();
      const adopted = await project.up("--skip-preview");
      const after = await project.up("--skip-preview");

      expect(preview.output).not.toContain("will be charged");
      expect(adopted.code).toBe(0);
      expect(project.outputs()).toMatchObject({
        outcome: "adopted",
        status: "adopted",
        intentId: "pur_found",
        adopt: "pur_found",
      });
      expect(project.outputs()).not.toHaveProperty("reason");
      expect(after.output).toContain("3 unchanged");
      expect(sandbox.requests()).toHaveLength(1);
    });

    test.each<[string, Fault, number]>(
      partOf<[string, Fault, number]>(part, 2, [
        ["checkout", ["checkout"], 1],
        ["unknown", ["cut-after-charge"], 2],
        ["failed", ["failed"], 1],
        ["refused", ["decline"], 1],
        ["pending", ["pending"], 2],
      ]),
    )("%s: a higher attempt, and nothing less, buys again, once", async (came, fault, charges) => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave(...fault);
      await project.up("--skip-preview");
      const before = project.resource("CreditPurchase");

      project.declare({ args: { attempt: 2 } });
      const preview = await project.preview();
      const again = await project.up("--skip-preview");
      const after = await project.up("--skip-preview");

      expect(preview.output).toContain(
        "💳 credits: $100.00 of AI Gateway credits for team acme will be charged now.",
      );
      const isSession = preview.output.includes("The old checkout session can still be paid: don't pay it.");
      expect(isSession).toBe(came === "checkout");
      const isInDoubt = preview.output.includes(`${MAYBE_CHARGED} Attempt 2 is another charge.`);
      expect(isInDoubt).toBe(["unknown", "pending"].includes(`${before?.outputs.outcome}`));
      expect(again.code).toBe(0);
      expect(after.output).toContain("3 unchanged");
      expect(sandbox.requests()).toHaveLength(2);
      expect(sandbox.charges()).toHaveLength(charges);
      const now = project.resource("CreditPurchase");
      expect(now?.id).toBe(before?.id);
      expect(now?.outputs).toMatchObject({ outcome: "bought", status: "succeeded", attempt: 2 });
      const { outcome, status, orderId, intentId, reason } = before?.outputs ?? {};
      expect(now?.outputs.__earlierAttempts).toMatchObject([
        JSON.parse(JSON.stringify({ attempt: 1, outcome, status, orderId, intentId, reason })),
      ]);
      expect(now?.outputs.orderId).not.toBe(before?.outputs.orderId);
    });
  });
}
