// A process of its own that uses a store as the package has it: `node store-process.cjs ADDRESS`, then a message for each thing
// to do, and one back for each.
const { parseJournalAddress } = require("../../provider/dist/domain/journal-address.js");
const { openStore } = require("../../provider/dist/journal/stores/open.js");
const { write } = require("../../provider/dist/journal/writing.js");

const store = openStore(parseJournalAddress(process.argv[2], "the test's address"));
process.on("message", async ({ write: name }) => {
  try {
    const isOurs = await write(store, name, { writer: process.pid }, "durable");
    process.send({ isOurs, text: await store.read(name) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on("disconnect", () => process.exit());
process.send("ready");
