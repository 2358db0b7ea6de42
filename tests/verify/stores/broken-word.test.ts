import { parseJournalAddress } from "../../../provider/src/domain/journal-address";
import { Journal, type OrderToRecord } from "../../../provider/src/journal/journal";
import { openStore } from "../../../provider/src/journal/stores/open";
import { type Wrongs, wrongS3 } from "../../servers/wrong-s3.mts";
import { listen } from "../../support/servers";

const before = { ...process.env };
beforeEach(() => Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" }));
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

const ORDER: OrderToRecord = {
  orderId: "order_1",
  name: "credits",
  identity: {
    endpoint: "https://api.vercel.com/",
    organization: "acme",
    urn: "urn:pulumi:dev::p::t::credits",
  },
  arguments: { creditType: "gateway", amount: 100, source: "pulumi", attempt: 1 },
};

/** A journal at such a server, as the provider opens it. */
async function journalAt(wrongs: Wrongs) {
  const { server, records } = wrongS3(wrongs);
  const port = await listen(server);
  const address = `s3://bucket/journal?endpoint=127.0.0.1:${port}&disableSSL=true&s3ForcePathStyle=true`;
  const store = openStore(parseJournalAddress(address, "the test's address"));
  return { journal: new Journal(store), store, records };
}

const REFUSED: [string, Wrongs, string][] = [
  ["ignores the condition", { ignoresCondition: true }, "it let a second record take the name of the first"],
  ["inverts the condition", { invertsCondition: true }, "(it inverts the condition)"],
  ["lets both win", { letsBothWin: true }, "it let a second record take the name of the first"],
  ["answers from a cache", { keepsNotFound: true }, "it doesn't find a record that was just written"],
  ["refuses what isn't there", { refusesAll: true }, "it refused the first record of a name"],
  ["reads another record's text", { readsAnothers: true }, "it reads something else than was written"],
];

test.each(REFUSED)(
  "a server that %s is found out before any record, by what it did",
  async (_, wrongs, says) => {
    const { journal, records } = await journalAt(wrongs);

    await expect(journal.open(ORDER)).rejects.toThrow(says);
    await expect(journal.claim(ORDER, 60)).rejects.toThrow(says);

    const keys = [...records.keys()];
    expect(keys.filter((key) => !/^\/bucket\/journal\/probe\.[\w-]+\.json$/.test(key))).toEqual([]);
    expect(new Set(keys).size).toBeLessThanOrEqual(1); // it is asked once
  },
);

test("a server that keeps its word is asked once, and the order opens", async () => {
  const { journal, records } = await journalAt({});

  expect(await journal.open(ORDER)).toMatchObject({ kind: "opened" });
  expect(await journal.claim(ORDER, 60)).toMatchObject({ kind: "claimed" });

  const kinds = [...records.keys()].map((key) => /journal\/([a-z]+)\./.exec(key)?.[1]);
  expect(kinds.toSorted()).toEqual(["intent", "journal", "opening", "probe"]);
});

test("a name over which a deletion lies is taken and torn, and never free", async () => {
  const { journal, store } = await journalAt({ deleted: /intent\./ });
  await journal.open(ORDER);

  expect(await store.createIfAbsent("intent.1", "mine", "durable")).toBe(false);
  expect(await store.read("intent.1")).toBe("");
  // The purchase may have been sent under it.
  expect(await journal.claim(ORDER, 60)).toMatchObject({ kind: "claimed elsewhere" });
});
