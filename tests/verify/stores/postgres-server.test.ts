import { parseJournalAddress } from "../../../provider/src/domain/journal-address";
import { openStore } from "../../../provider/src/journal/stores/open";
import { whatIsMissing } from "../../../tools/servers/found.mts";
import { query, startPostgres, startStandby } from "../../servers/postgres.mts";
import type { RealServer } from "../../servers/server.mts";

// Where there is none, postgres.test.ts says so.
(whatIsMissing("postgres") === undefined ? describe : describe.skip)(
  "a server of PostgreSQL's own ways",
  () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server?.stop());

    const storeAt = (address: string) => openStore(parseJournalAddress(address, "the test's address"));

    test("a standby is asked nothing: that it lacks a record, or the table, proves nothing", async () => {
      const earlier = storeAt(server.address("earlier"));
      await earlier.createIfAbsent("a.1", "text", "durable");
      const standby = await startStandby(server, "earlier");
      try {
        const refused = "the server is a standby or read-only: the address must name the primary";
        for (const table of ["earlier", "never"]) {
          const store = storeAt(standby.address.replace("=earlier", `=${table}`));
          await expect(store.read("a.1")).rejects.toThrow(refused);
          await expect(store.names()).rejects.toThrow(refused);
          await expect(store.createIfAbsent("a.2", "text", "durable")).rejects.toThrow(refused);
        }
      } finally {
        await standby.stop();
      }
    }, 60_000);

    test("a table that was dumped and restored in its place is a copy", async () => {
      const address = server.address("restored");
      const store = storeAt(address);
      let place = "";
      await store.mark("journal.1", (its) => {
        place = its;
        return its;
      });
      expect(await store.placeOf("journal.1")).toBe(place);

      await query(
        address,
        "CREATE TEMPORARY TABLE dump AS TABLE restored",
        "TRUNCATE restored",
        "INSERT INTO restored SELECT * FROM dump",
      );
      expect(await store.read("journal.1")).toBe(place);
      expect(await store.placeOf("journal.1")).not.toBe(place);
    });

    test("a role that may only read and insert writes where the table is there", async () => {
      const address = server.address("shared");
      await storeAt(address).createIfAbsent("a.1", "text", "durable");
      await query(address, "GRANT SELECT, INSERT ON shared TO reader");

      const store = storeAt(address.replace("//owner:", "//reader:"));
      expect(await store.createIfAbsent("a.2", "text", "durable")).toBe(true);
      expect(await store.mark("journal.1", (place) => place)).toBe(true);
      expect(await store.placeOf("journal.1")).toBe(await store.read("journal.1"));
    });

    test("a table without a key lets two records have one name, and is found out", async () => {
      const address = server.address("keyless");
      await query(address, "CREATE TABLE keyless (name text, record text)");

      const writing = storeAt(address).createIfAbsent("a.1", "text", "durable");
      await expect(writing).rejects.toThrow(
        "keyless has two records of one name: name must be its primary key",
      );
    });

    test("a server that was killed and started again has every record that was acknowledged", async () => {
      const store = storeAt(server.address("killed"));
      for (let number = 1; number <= 20; number++)
        await store.createIfAbsent(`a.${number}`, "text", "durable");
      await server.restart?.();

      const names = (await storeAt(server.address("killed")).names()).filter((name) => name.startsWith("a."));
      expect(names).toHaveLength(20);
    }, 60_000);
  },
);
