import { tmpdir } from "node:os";
import type { OrderOnRecord } from "../../provider/src/cli/investigate";
import { ordersOfStack } from "../../provider/src/cli/investigate";
import { journal, showOrder } from "../../provider/src/cli/journal";
import { receipts } from "../../provider/src/cli/receipts";
import type { JournaledPurchase } from "../../provider/src/journal/books";
import { readBooks } from "../../provider/src/journal/books";
import { resourcesOf } from "../../provider/src/receipts/purchases";
import { CHARGED, MAYBE_CHARGED } from "../support/sentences";

jest.mock("../../provider/src/journal/books", () => ({ readBooks: jest.fn() }));

const of = (order: string, changes: Partial<JournaledPurchase> = {}): JournaledPurchase => ({
  order,
  reference: { orderId: order, attempt: 1 },
  name: "credits",
  team: "acme",
  creditType: "gateway",
  amount: 1500,
  attempt: 1,
  time: "2026-11-24T00:00:00.000Z",
  outcome: "bought",
  status: "succeeded",
  receipt: { intentId: "pur_1", total: "1500.00", currency: "usd" },
  requestLeft: true,
  unresolved: false,
  forgotten: false,
  doubleCharge: false,
  known: false,
  ...changes,
});
const inDoubt = of("order_b", { outcome: "unknown", status: "unknown", receipt: {}, unresolved: true });

/** What a command prints of these purchases, and how it ends. */
async function printed(command: () => Promise<void>, ...books: JournaledPurchase[]) {
  jest.mocked(readBooks).mockResolvedValue(books);
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line) => void lines.push(`${line}`));
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(`${text}`) > 0);
  process.exitCode = 0;
  try {
    await command();
    return { text: lines.join("\n"), status: process.exitCode };
  } finally {
    log.mockRestore();
    write.mockRestore();
    process.exitCode = 0;
  }
}

const list = (...books: JournaledPurchase[]) => printed(() => journal({ folder: tmpdir() }), ...books);

describe("journal", () => {
  test("lists each order with its outcome, and ends with 0 where none needs a person", async () => {
    const { text, status } = await list(
      of("order_a"),
      of("order_c", { outcome: "pending", status: "processing" }),
      of("order_d", { outcome: "adopted", status: "adopted", settled: "unknown" }),
      of("order_e", { outcome: "notSent", status: "notSent", receipt: {}, requestLeft: false }),
      of("order_f", { forgotten: true }),
    );
    expect(status).toBe(0);
    expect(text).toMatch(
      /order_a +1 +2026-11-24T00:00:00Z +credits +acme +gateway +\$1,500\.00 +bought +pur_1/,
    );
    expect(text).toMatch(/order_c .* pending \(Vercel: processing\)/);
    expect(text).toMatch(/order_d .* adopted \(was unknown\)/);
    expect(text).toMatch(/order_e .* notSent/);
    expect(text).toMatch(/order_f .* bought, forgotten/);
    expect(text).not.toContain(MAYBE_CHARGED);
  });

  test("one that is unresolved ends with 1, and names every way out", async () => {
    const { text, status } = await list(of("order_a"), inDoubt);
    expect(status).toBe(1);
    expect(text).toMatch(/❓ +order_b .* unknown/);
    expect(text).toContain("1 is unresolved");
    for (const words of [MAYBE_CHARGED, "adopt", "attempt", "withdraw", "journal settle"])
      expect(text).toContain(words);
  });

  test("a double charge ends with 1 until a person knows of it", async () => {
    const twice = [of("order_a", { doubleCharge: true }), of("order_b", { doubleCharge: true })];
    const { text, status } = await list(...twice);
    expect(status).toBe(1);
    expect(text).toContain("Charged more than once for one purchase");
    expect(text).toContain(CHARGED);
    expect(text).toContain("journal settle order_a --known");
    const known = await list(...twice.map((one) => ({ ...one, known: true })));
    expect(known.status).toBe(0);
    expect(known.text).not.toContain("more than once");
  });

  test("names and answers can't steer the terminal or forge a row", async () => {
    const { text } = await list(
      of("order_a", { name: "\u001b[2Jevil\norder_z bought", status: "x\norder_y" }),
    );
    expect(text).not.toContain("\u001b[2J");
    expect(text).not.toMatch(/^order_[yz]/m);
  });

  test("show ends with 1 for one that needs a person", async () => {
    const show = (order: string) =>
      printed(() => showOrder(order, { folder: tmpdir() }), of("order_a"), inDoubt);
    expect(await show("order_a")).toMatchObject({ status: 0, text: "order_a: bought" });
    expect(await show("order_b")).toMatchObject({ status: 1, text: expect.stringContaining(MAYBE_CHARGED) });
    await expect(show("order_z")).rejects.toThrow("knows no order");
    await expect(show("order_")).rejects.toThrow("several orders");
  });

  test("its receipts have what is not certain listed, and not in the totals", async () => {
    const { text } = await printed(() => receipts(undefined, { folder: tmpdir() }), of("order_a"), inDoubt);
    expect(text).toContain("Charged: 1500.00 usd (1)");
    expect(text).toContain("Unknown whether charged (not in the totals): 1, $1,500.00 ordered");
  });
});

test("the orders of a stack have the outcome of their purchase only where it is of that very order", () => {
  const urn = (type: string, name: string) =>
    `urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:${type}::${name}`;
  const args = { creditType: "gateway", amount: 30, team: "acme", attempt: 2 };
  const balance = { creditType: "gateway", at: "2026-11-24T00:00:00Z", balance: "1.00" };
  const order = (name: string, orderId: string, __journal: object) => ({
    type: "pulumi-nodejs:dynamic/vercel:PurchaseOrder",
    urn: urn("PurchaseOrder", name),
    outputs: { ...args, orderId, __label: name, __journal },
  });
  const purchase = (name: string, outputs: object) => ({
    type: "pulumi-nodejs:dynamic/vercel:CreditPurchase",
    urn: urn("CreditPurchase", name),
    outputs: { ...args, ...outputs },
  });
  const resources = [
    order("a", "order_1", { openings: [{ orderId: "order_1", attempt: 2 }], balance }),
    purchase("a", { outcome: "refused", orderId: "order_1" }),
    order("b", "order_3", { signature: "journal_x", balance }),
    purchase("b", { outcome: "refused", orderId: "order_2" }),
    order("c", "order_4", {}),
  ];
  const found = ordersOfStack(resourcesOf(JSON.stringify({ deployment: { resources } })));
  const of = ({ order, outcome, unresolved, amount, balance: kept }: OrderOnRecord) => [
    order,
    outcome,
    unresolved,
    amount,
    kept?.balance,
  ];
  expect(found.map(of)).toEqual([
    ["order_1", "refused", false, 30, "1.00"],
    ["order_3", "unknown", true, 30, "1.00"],
    ["order_4", "unknown", true, 30, undefined],
  ]);
});
