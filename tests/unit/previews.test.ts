import type { Outcome } from "../../provider/src/domain/outcome";
import { readPurchaseDeclaration } from "../../provider/src/lifecycle/inputs";
import { previewAction, refusedWhileWaiting } from "../../provider/src/lifecycle/previews";
import { Run } from "../../provider/src/lifecycle/run";
import { readPurchase } from "../../provider/src/state/purchase-state";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";

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

describe("a preview", () => {
  const OFF = { VERCEL_CREDITS_JOURNAL: "off" };
  let said: string[];
  beforeEach(() => {
    said = [];
    jest.spyOn(console, "log").mockImplementation((line: string) => said.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  const recorded = (outcome: Outcome) =>
    readPurchase({ ...ARGUMENTS, outcome, __record: { order: { orderId: "order_1", attempt: 1 } } });

  test.each<Outcome>(["unknown", "pending"])(
    "of a higher attempt after %s says that the one before it may have been charged, too",
    async (outcome) => {
      const higher = readPurchaseDeclaration({ ...ARGUMENTS, attempt: 2 });
      await previewAction(new Run(undefined, OFF), recorded(outcome), higher, { kind: "buy", attempt: 2 });

      expect(said).toEqual([
        `⚠️ credits: nobody knows whether attempt 1 bought (its outcome is ${outcome}). ${MAYBE_CHARGED} Attempt 2 is another charge.`,
        expect.stringMatching(/^💳 credits: \$100\.00 .* will be charged now/u),
      ]);
    },
  );

  test.each<Outcome>(["refused", "failed", "withdrawn"])(
    "of a higher attempt after %s says only what is charged",
    async (outcome) => {
      const higher = readPurchaseDeclaration({ ...ARGUMENTS, attempt: 2 });
      await previewAction(new Run(undefined, OFF), recorded(outcome), higher, { kind: "buy", attempt: 2 });

      expect(said).toEqual([expect.stringMatching(/^💳 credits/u)]);
    },
  );

  test("of what a person said in the journal says that it is of the sandbox", async () => {
    const sandbox = "http://127.0.0.1:4010";
    const declared = readPurchaseDeclaration({ ...ARGUMENTS, orderId: "order_1", __sandbox: sandbox });
    const known = {
      ...{ kind: "resolved", order: "order_1", settled: "unknown", vercelIds: [], time: "" },
      resolution: { withdrawn: true },
    } as never;
    const order = { orderId: "order_1", attempt: 1 };
    await previewAction(new Run(undefined, OFF), recorded("unknown"), declared, {
      ...{ kind: "record", order, known },
    });

    expect(said).toEqual([
      expect.stringMatching(
        /^📎 credits: .* recorded as withdrawn.* \(At the sandbox .*, where no money moves\.\)$/u,
      ),
    ]);
    expect(sentencesOf({ output: said.join() })).toEqual([NOTHING_CHARGED]);
  });
});
