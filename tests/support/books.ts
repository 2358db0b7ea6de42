import { spawnSync } from "node:child_process";
import { parseJournalAddress } from "../../provider/src/domain/journal-address";
import type { VercelWord } from "../../provider/src/domain/outcome";
import { Journal, type OrderToRecord } from "../../provider/src/journal/journal";
import { openStore } from "../../provider/src/journal/stores/open";
import type { Where } from "./conformance";
import { expectNoStackTrace, MAYBE_CHARGED, NOTHING_CHARGED } from "./sentences";

/** An order of a stack of `organization/test`. */
export function orderOf(id: string, stack: string): OrderToRecord {
  const urn = `urn:pulumi:${stack}::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::credits-${id}`;
  return {
    orderId: `order_${id}`,
    name: `credits-${id}`,
    identity: { endpoint: "https://api.vercel.com/", organization: "organization", urn },
    arguments: { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
  };
}

/** Runs the real command at a journal. How long it took is in milliseconds. */
export function commandAt({ address, env }: Where, ...args: string[]) {
  const began = Date.now();
  const at = args[0] === "receipts" ? ["--journal", address] : ["--address", address];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["provider/dist/cli/main.js", ...args, ...at],
    {
      encoding: "utf8",
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env } as NodeJS.ProcessEnv,
    },
  );
  expectNoStackTrace({ output: stdout + stderr });
  return { status, stdout, stderr, took: Date.now() - began };
}

/** The organization's books are read where they are, by every command that reads them. */
export function booksAreReadAt(where: (name: string) => Where): void {
  test("its books are read by the commands, of all stacks or of one, which end at once", async () => {
    const place = where("books");
    const journal = new Journal(openStore(parseJournalAddress(place.address, "the test's address")));
    const bought = orderOf("a", "dev");
    await journal.open(bought);
    await journal.claim(bought, -3600); // its lease has run out already
    const receipt = { intentKind: "purchaseIntent", intentId: "pur_1", total: "100.00", currency: "usd" };
    const result = { outcome: "bought", status: "succeeded" as VercelWord, receipt } as const;
    await journal.complete(bought.orderId, result, { ...bought.arguments });
    const inDoubt = orderOf("b", "prod");
    await journal.open(inDoubt);
    await journal.claim(inDoubt, -3600);

    const all = commandAt(place, "journal");
    expect(all).toMatchObject({ status: 1, stdout: expect.stringMatching(/order_a.*❓ +order_b/s) });
    expect(all.took).toBeLessThan(10_000);
    const one = commandAt(place, "journal", "--stack", "organization/test/dev");
    expect(one).toMatchObject({ status: 0, stdout: expect.not.stringContaining("order_b") });
    expect(commandAt(place, "receipts")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Charged: 100.00 usd (1)"),
    });
    expect(commandAt(place, "journal", "show", "order_b")).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(MAYBE_CHARGED),
    });
    expect(commandAt(place, "investigate", "order_b").status).toBe(0);
    expect(commandAt(place, "journal", "settle", "order_b", "--withdraw")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(NOTHING_CHARGED),
    });
    expect(commandAt(place, "journal").status).toBe(0);
  }, 60_000);
}
