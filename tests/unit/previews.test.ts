import type { Outcome } from "../../provider/src/domain/outcome";
import { readPurchaseDeclaration } from "../../provider/src/lifecycle/inputs";
import { previewAction, refusedWhileWaiting } from "../../provider/src/lifecycle/previews";
import { Run } from "../../provider/src/lifecycle/run";
import { readPurchase } from "../../provider/src/state/purchase-state";
import { CHARGED, MAYBE_CHARGED, sentencesOf } from "../support/sentences";

const ARGUMENTS = { creditType: "gateway", amount: 100, source: "pulumi", attempt: 1, __label: "credits" };
const PURCHASE = readPurchaseDeclaration({ ...ARGUMENTS, orderId: "order_2" });
const LEASE = { host: "runner-7", until: "2030-01-01T00:00:00.000Z", process: { pid: 7 } } as never;

describe("while another process may be sending a later order, what is said is true of the purchase on record", () => {
  const cases: [Outcome, string][] = [
    ["bought", CHARGED],
    ["unknown", MAYBE_CHARGED],
    ["refused", MAYBE_CHARGED],
  ];

  test.each(cases)("%s: an update and a preview say that %s", async (outcome, sentence) => {
    const run = new Run(undefined, { VERCEL_CREDITS_JOURNAL: "off" });
    const state = readPurchase({
      ...ARGUMENTS,
      outcome,
      __record: { order: { orderId: "order_1", attempt: 1 } },
    });
    const wait = { kind: "wait", lease: LEASE, wish: { kind: "keep" } } as const;

    const refused = refusedWhileWaiting(run, state, PURCHASE, wait);
    const log = jest.spyOn(console, "log").mockImplementation();
    await previewAction(run, state, PURCHASE, wait);
    const [[line]] = log.mock.calls as [[string]];
    log.mockRestore();

    for (const output of [refused.message, line]) {
      expect(output).toContain("runner-7 may still be sending");
      expect(sentencesOf({ output })).toEqual([sentence]);
    }
  });
});
