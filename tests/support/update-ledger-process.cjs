/**
 * A process that charges under one update's ledger, told over IPC what to do: `folder`, `name`, `charges`, `amount`,
 * `cap`, and what each charge comes to. It writes a line to `<folder>.log` at the start of each turn, and reports a
 * turn that begins while another process has one, and each time that it waits. `holds`: its first turn lasts until it gets a second message.
 */
const fs = require("node:fs");
const { once } = require("node:events");
const { join } = require("node:path");

process.once("message", async (told) => {
  if (told.withoutHardLinks) {
    fs.linkSync = () => {
      throw Object.assign(new Error("no links here"), { code: "EPERM" });
    };
  }
  // The ledger sleeps between its looks for a turn.
  const timers = require("node:timers/promises");
  const sleep = timers.setTimeout;
  timers.setTimeout = (...given) => {
    process.send({ kind: "waits" });
    return sleep(...given);
  };
  const dist = join(__dirname, "../../provider/dist/charge/update-ledger.js");
  const { UpdateLedger } = require(dist);
  const ledger = new UpdateLedger(told.folder, 600);
  const inTurn = `${told.folder}.in-turn`;
  const over = (spent) => (spent + told.amount > told.cap ? `over after ${spent}` : undefined);
  const one = (number) =>
    ledger.inTurn({ purchase: told.name, order: `order_${number}`, amount: told.amount }, over, async () => {
      try {
        fs.writeFileSync(inTurn, "", { flag: "wx" });
      } catch {
        process.send({ kind: "two turns at once" });
      }
      fs.appendFileSync(`${told.folder}.log`, `${told.name} ${told.amount}\n`);
      process.send({ kind: "in turn" });
      if (told.holds) await once(process, "message");
      else await new Promise(setImmediate);
      fs.rmSync(inTurn, { force: true });
      return { outcome: told.outcome, counts: told.outcome !== "refused" };
    });
  process.send({ kind: "asks" });
  const turns = await Promise.all(Array.from({ length: told.charges }, (_, number) => one(number)));
  process.send({ kind: "done", turns });
  process.disconnect();
});
