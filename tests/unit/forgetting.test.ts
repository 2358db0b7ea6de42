import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "../../provider/src/domain/outcome";
import { Journal } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import { forget } from "../../provider/src/lifecycle/forgetting";
import type { Properties } from "../../provider/src/lifecycle/inputs";
import { Run } from "../../provider/src/lifecycle/run";
import type { OrderReference } from "../../provider/src/state/order-reference";
import { openedIn } from "../support/opening";
import { CHARGED, MAYBE_CHARGED } from "../support/sentences";

const VERCEL = "https://api.vercel.com/";
const SANDBOX = "http://127.0.0.1:4010/";
const identityAt = (endpoint: string) => ({ endpoint, organization: "acme", urn: "urn:1" });
const ARGUMENTS = { creditType: "gateway", amount: 100, source: "pulumi" } as const;

/** What is on record of an attempt. */
const attempt = (order: OrderReference, outcome: Outcome, more: Properties = {}): Properties => ({
  ...{ ...ARGUMENTS, attempt: order.attempt, orderId: order.orderId, outcome, __label: "credits" },
  ...{ ...more, __record: { order } },
});

/** A run where Vercel's address is configured. */
const runWith = (journal: string) =>
  new Run(undefined, { PULUMI_HOME: "/nowhere", VERCEL_CREDITS_JOURNAL: journal });

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => said.push(line));
});
afterEach(() => jest.restoreAllMocks());

describe("what was tried at the sandbox is forgotten where Vercel's address is configured", () => {
  const triedAfter = (endpoint: string, outcome: Outcome) => {
    const order = (number: number, at: string) => ({
      ...{ orderId: `order_${number}`, attempt: number, identity: identityAt(at) },
    });
    const earlier = attempt(order(1, endpoint), outcome);
    return forget(
      runWith("off"),
      attempt(order(2, SANDBOX), "unknown", {
        sandbox: "http://127.0.0.1:4010",
        __earlierAttempts: [earlier],
      }),
    );
  };

  test.each<[string, string, Outcome]>([
    ["in doubt at the sandbox, too", SANDBOX, "unknown"],
    ["refused by Vercel", VERCEL, "refused"],
  ])("where an earlier attempt was %s", async (_what, endpoint, outcome) => {
    await triedAfter(endpoint, outcome);

    expect(said).toEqual([expect.stringContaining("credits: forgotten (unknown)")]);
  });

  test.each<Outcome>(["unknown", "pending", "checkout", "bought"])(
    "and not where an earlier attempt at Vercel is %s",
    async (outcome) => {
      await expect(triedAfter(VERCEL, outcome)).rejects.toThrow(MAYBE_CHARGED);

      expect(said).toEqual([]);
    },
  );
});

test("what is not forgotten says that it is of the sandbox", async () => {
  const run = new Run(undefined, { VERCEL_CREDITS_JOURNAL: "off", VERCEL_API_URL: SANDBOX });
  const order = { orderId: "order_1", attempt: 1, identity: identityAt(SANDBOX) };

  await expect(forget(run, attempt(order, "unknown", { sandbox: "http://127.0.0.1:4010" }))).rejects.toThrow(
    /is not forgotten.*\(At the sandbox http:\/\/127\.0\.0\.1:4010, where no money moves\.\)$/,
  );
});

test("forgetting a purchase releases the claims of all its attempts, so that another may begin at the first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-forgotten-"));
  try {
    const journal = new Journal(new FileStore(folder));
    const identity = identityAt(VERCEL);
    const toRecord = (orderId: string, number: number) => ({
      ...{ orderId, name: "credits", identity, arguments: { ...ARGUMENTS, attempt: number } },
    });
    const made = async (number: number, outcome: "refused" | "bought"): Promise<OrderReference> => {
      const order = toRecord(`order_${number}`, number);
      const opened = await openedIn(journal, order);
      expect(await journal.claim(order, 60)).toMatchObject({ kind: "claimed" });
      await journal.complete(order.orderId, { outcome, receipt: {} });
      return { orderId: order.orderId, attempt: number, identity, journal: opened };
    };
    const refused = await made(1, "refused");
    const bought = await made(2, "bought");

    await forget(
      runWith(folder),
      attempt(bought, "bought", { __earlierAttempts: [attempt(refused, "refused")] }),
    );

    expect(said).toEqual([expect.stringContaining(CHARGED)]);
    expect(await journal.isForgotten("order_1")).toBe(true);
    expect(await journal.isForgotten("order_2")).toBe(true);
    expect(await journal.claim(toRecord("order_3", 1), 60)).toMatchObject({ kind: "claimed" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
