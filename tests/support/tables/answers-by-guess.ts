import { type Part, partOf, single } from "../part";
import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../sentences";
import { sandboxAndModel } from "../stack";

/** Only what the contract lists was refused. Anything else may come from whoever sits between us and Vercel. */

const BLOCKED = "<!doctype html><title>Blocked</title><h1>This request was blocked.</h1>";
const error = (code: unknown, message = "No.") => ({ error: { code, message } });
const intent = (status = "succeeded") => ({ purchaseIntent: { id: "pur_1", status } });

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** Two plain updates; the endpoint gives the first request this answer, and would sell at once to a second. */
async function upTwice(answer: Answer, times = 1) {
  const { sandbox, project } = await sandboxAndModel();
  sandbox.misbehave("answer", { ...answer, charge: true, times });
  const first = await project.up("--skip-preview");
  const kept = project.outputs();
  const second = await project.up("--skip-preview");
  return { sandbox, project, first, kept, second };
}

export function testAnswersByGuess(part: Part): void {
  describe("an answer that isn't on the list is unknown, and no plain up sends another request", () => {
    test.each<[string, number, unknown]>(
      partOf<[string, number, unknown]>(part, 5, [
        ["403 with a gateway's block page", 403, BLOCKED],
        ["407 of a proxy", 407, BLOCKED],
        ["451", 451, BLOCKED],
        ["460 without a body", 460, ""],
        ["402 without a body", 402, ""],
        ["402 whose code stands outside error", 402, { code: "payment_failed", message: "No." }],
        ["402 with a code that is not on the list", 402, error("card_error")],
        ["402 whose code is empty", 402, error("")],
        ["400 purchase_complete_failed", 400, error("purchase_complete_failed")],
        ["409 purchase_complete_failed", 409, error("purchase_complete_failed")],
        ["409 with an error", 409, error("conflict")],
        ["422 with an error", 422, error("unprocessable")],
        ["401 whose code is a number", 401, error(401)],
        ["404 with an error that is only a text", 404, { error: "not_found" }],
        ["200 with an error beside the intent", 200, { ...error("payment_failed"), ...intent() }],
        ["402 with an error beside the intent", 402, { ...error("payment_failed"), ...intent() }],
        ["409 with an intent", 409, intent()],
        [
          "400 with an error beside a checkout session",
          400,
          { ...error("bad_request"), checkoutSessionId: "cs_1" },
        ],
        [
          "200 with two intents, one of which failed",
          200,
          { ...intent("failed"), orbSubscriptionIntent: { id: "orbsubint_1", status: "succeeded" } },
        ],
      ]),
    )("%s", async (_what, status, body) => {
      const { sandbox, project, first, kept, second } = await upTwice({ status, body });

      expect(sandbox.requests()).toHaveLength(1);
      expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
      expect(sentencesOf(second)).toEqual([MAYBE_CHARGED]);
      expect([first.code, second.code]).toEqual([expect.any(Number), expect.any(Number)]);
      expect([first.code, second.code]).not.toContain(0);
      for (const run of [first, second]) expectReadable(run);
      expect(kept).toMatchObject({ outcome: "unknown", reason: expect.stringContaining(MAYBE_CHARGED) });
      expect(project.outputs()).toEqual(kept);
    });

    single(part)(
      "a 429 that isn't Vercel's own is not sent again within the update, whatever it says of when",
      async () => {
        const { sandbox, first, kept } = await upTwice(
          { status: 429, body: BLOCKED, headers: { "retry-after": "0" } },
          4,
        );

        expect(sandbox.requests()).toHaveLength(1);
        expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
        expect(kept).toMatchObject({ outcome: "unknown" });
      },
    );
  });

  describe("a kind of intent that isn't documented is pending, whatever its status says", () => {
    test.each(partOf(part, 5, ["failed", "succeeded", "canceled"]))("%s", async (status) => {
      const { sandbox, first, kept, second } = await upTwice({
        status: 200,
        body: { invoiceIntent: { id: "inv_1", status } },
      });

      expect(sandbox.requests()).toHaveLength(1);
      expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
      expect([first.code, second.code]).toEqual([0, 0]);
      expect(second.output).toContain("3 unchanged");
      expect(kept).toMatchObject({
        outcome: "pending",
        status,
        intentKind: "invoiceIntent",
        intentId: "inv_1",
      });
    });
  });

  describe("what Vercel refuses by an error that it documents was not charged, and only a higher attempt tries again", () => {
    test.each<[number, string]>(
      partOf<[number, string]>(part, 5, [
        [402, "payment_failed"],
        [400, "bad_request"],
        [401, "invalid_token"],
        [403, "forbidden"],
        [404, "not_found"],
        [402, "purchase_confirm_failed"],
      ]),
    )("%s %s", async (status, code) => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave("answer", { status, body: error(code) });

      const first = await project.up("--skip-preview");
      const kept = project.outputs();
      const second = await project.up("--skip-preview");
      const requestsOfPlainUps = sandbox.requests().length;
      project.declare({ args: { attempt: 2 } });
      const raised = await project.up("--skip-preview");

      expect(requestsOfPlainUps).toBe(1);
      expect(sentencesOf(first)).toEqual([NOTHING_CHARGED]);
      expect(sentencesOf(second)).toEqual([NOTHING_CHARGED]);
      expect([first.code, second.code]).not.toContain(0);
      expect(kept).toMatchObject({ outcome: "refused", status: "refused" });
      expect(raised.code).toBe(0);
      expect(sentencesOf(raised)).toEqual([CHARGED]);
      expect(project.outputs()).toMatchObject({ outcome: "bought", status: "succeeded", attempt: 2 });
      expect(sandbox.requests()).toHaveLength(2);
    });
  });

  describe("what a balance shows and nobody can explain tells nothing about a purchase", () => {
    /** Somebody else buys for the same team, outside of Pulumi: or it is this purchase, under another amount. */
    const addsElsewhere = (url: string, creditType: string, amount: number) =>
      fetch(`${url}/v1/billing/buy?slug=acme`, {
        method: "POST",
        headers: { authorization: "Bearer another", "content-type": "application/json" },
        body: JSON.stringify({ item: { type: "credits", creditType, amount } }),
      });

    test.each<[string, string, "cut-before-charge" | "cut-after-charge", number]>(
      partOf<[string, string, "cut-before-charge" | "cut-after-charge", number]>(part, 2, [
        ["v0 credits of another amount", "v0", "cut-before-charge", 55],
        ["more AI Gateway credits than this purchase's", "gateway", "cut-after-charge", 5],
        ["less of them", "gateway", "cut-before-charge", 45],
        ["twice as many", "gateway", "cut-after-charge", 50],
      ]),
    )("%s", async (_what, creditType, fault, added) => {
      const { sandbox, project } = await sandboxAndModel({
        AI_GATEWAY_API_KEY: "gateway-key-1",
        V0_API_KEY: "v0-key-1",
      });
      project.declare({ args: { creditType, amount: 50 } });
      sandbox.misbehave(fault);
      await project.up("--skip-preview");
      await addsElsewhere(sandbox.url, creditType, added);

      const run = await project.up("--skip-preview");

      expect(run.output).toContain("balance was");
      expect(run.output).not.toContain("very likely");
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expect(run.code).not.toBe(0);
    });
  });
}
