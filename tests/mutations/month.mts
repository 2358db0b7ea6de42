import type { Mutation } from "./mutation.mts";

const of = (file: string) => (broken: string, text: string, replacement: string, named?: string) => ({
  ...{ broken, file, text, replacement, caughtBy: "unit/month.test.ts" },
  ...(named !== undefined && { named }),
});
const month = of("journal/month.ts");
const journal = of("journal/journal.ts");

/** What keeps the charges of a month within its budget. */
export const MONTH: readonly Mutation[] = [
  month(
    "what is in doubt counts",
    'case "nothing":\n      return "uncertain";',
    'case "nothing":\n      return "none";',
  ),
  month(
    "a checkout that was withdrawn can still be paid",
    'if (known.settled === "checkout") return "uncertain";',
    "",
  ),
  month("what was adopted counts only where a request of ours left", " && left ? ", " ? "),
  month(
    "what is about to be sent keeps its room",
    'return isAbandoned(opening, now) ? "closable" : "uncertain";',
    'return "closable";',
    "while its process runs",
  ),
  month("a higher attempt takes the earlier one out", "if (wanted.some(isLater)) return true;", ""),
  month(
    "it takes out nothing that can still be paid",
    'outcome !== "pending" && outcome !== "unknown"',
    'outcome !== "pending" && outcome !== "unknown" && outcome !== "checkout"',
  ),
  month(
    "what can't be read stops it",
    "if (opening === undefined || opening === TORN) {",
    "if (opening === undefined) {",
  ),
  journal(
    "the entry is made only where there is room",
    "let room = limit - use.used - amount;",
    "let room = limit - use.used;",
  ),
  journal(
    "what is closed for its room can't be sent any more",
    "if (await this.close(one.order)) room",
    "room",
  ),
  journal("nothing is closed in vain", "if (room < 0) return use;", ""),
  {
    broken: "whoever makes an entry has seen all before it",
    file: "journal/opening-log.ts",
    text: "const why = await objection?.(await this.#entries(log, end));",
    replacement: "const why = await objection?.(await this.#entries(log, 0));",
    caughtBy: "unit/month.test.ts",
    named: "never goes over the limit",
  },
];
