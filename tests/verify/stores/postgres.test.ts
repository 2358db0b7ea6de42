import { Client } from "pg";
import { parseJournalAddress } from "../../../provider/src/domain/journal-address";
import { Journal } from "../../../provider/src/journal/journal";
import { openStore } from "../../../provider/src/journal/stores/open";
import { whatIsMissing } from "../../../tools/servers/found.mts";
import { startPostgres } from "../../servers/postgres.mts";
import { commandAt, orderOf } from "../../support/books";
import { keepsItsWordWith } from "../../support/conformance";

keepsItsWordWith("postgres");

const PURCHASES = 1000;

(whatIsMissing("postgres") === undefined ? test : test.skip)(
  "a thousand purchases are read in seconds",
  async () => {
    const server = await startPostgres();
    try {
      const address = server.address("books");
      const store = openStore(parseJournalAddress(address, "the test's address"));
      const journal = new Journal(store);
      const first = orderOf("0", "dev");
      await journal.open(first);
      await journal.claim(first, -3600);
      await journal.complete(first.orderId, { outcome: "bought", receipt: {} }, { ...first.arguments });
      const records = await store.readMany(await store.names());
      await insert(
        address,
        [...records].filter(([name]) => /^(opening|intent|order)/.test(name)),
      );

      const { status, stdout, took } = commandAt({ address, env: {} }, "journal", "--json");

      expect(status).toBe(0);
      expect(JSON.parse(stdout).purchases).toHaveLength(PURCHASES);
      expect(took).toBeLessThan(15_000);
    } finally {
      await server.stop();
    }
  },
  90_000,
);

/** The same records for as many more purchases. */
async function insert(address: string, records: readonly (readonly [string, string])[]): Promise<void> {
  const rows = Array.from({ length: PURCHASES - 1 }, (_, index) => {
    const number = index + 1;
    const as = (text: string) =>
      text.replaceAll("order_0", `order_${number}`).replaceAll("credits-0", `credits-${number}`);
    return records.map(([name, text]) => [
      name.startsWith("opening") ? name.replace(/\d{6}$/, `${number + 1}`.padStart(6, "0")) : as(name),
      as(text),
    ]);
  }).flat();
  const url = new URL(address);
  const table = url.searchParams.get("table");
  url.search = "";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const columns = [0, 1].map((column) => rows.map((row) => row[column]));
  await client.query(
    `INSERT INTO ${table} (name, record) SELECT * FROM unnest($1::text[], $2::text[])`,
    columns,
  );
  await client.end();
}
