import type { Mutation } from "./mutation.mts";

const of = (file: string) => (broken: string, text: string, replacement: string, named?: string) => ({
  ...{ broken, file, text, replacement, caughtBy: "unit/journal.test.ts" },
  ...(named !== undefined && { named }),
});
const journal = of("journal/journal.ts");
const claims = of("journal/claims.ts");
const files = of("journal/stores/file.ts");

/** What outlives the process: the claim, what is known and in which order, and what a copy of it proves. */
export const JOURNAL: readonly Mutation[] = [
  journal(
    "a purchase that another order has claimed sends nothing",
    'if (by) return { kind: "claimed elsewhere", by };',
    "",
    "a second order for the same purchase",
  ),
  journal(
    "a second order takes a higher attempt",
    "intent.arguments.attempt < attempt ? undefined : by;",
    "intent.arguments.attempt <= attempt ? undefined : by;",
  ),
  journal(
    "while a lease runs, a higher attempt is stopped, too",
    "return by.lease === undefined && intent.arguments.attempt",
    "return intent.arguments.attempt",
  ),
  journal(
    "an order that was closed can't be sent any more",
    'if (all.some(isClosingOf(order.orderId))) return { kind: "closed" };',
    "",
  ),
  journal(
    "an order whose intent is there is not closed",
    "if (all.some(isIntentOf(order.orderId))) return false;",
    "",
  ),
  journal(
    "a claim that can't be read stops every other order",
    "if (claim === TORN) return unreadableClaim(claims.nameOf(index + 1));",
    "if (claim === TORN) continue;",
  ),
  journal(
    "forgetting releases the claim of its own order, and of no other",
    "if (intent === undefined || (await this.isForgotten(intent.order))) continue;",
    "if (intent === undefined || (await this.isForgotten(all[0].order))) continue;",
  ),
  journal(
    "a completion bought outweighs what a person said meanwhile",
    'if (resolution !== undefined && result?.outcome !== "bought") {',
    "if (resolution !== undefined) {",
  ),
  journal(
    "a person's resolution counts before a completion",
    'if (resolution !== undefined && result?.outcome !== "bought") {',
    "if (resolution !== undefined && result === undefined) {",
  ),
  journal(
    "an intent record without an end is in doubt",
    'if (intent !== undefined) return { kind: "inDoubt", lease: leaseOf(intent), ...about };',
    "",
  ),
  journal(
    "a closing record proves something only where the order was opened",
    "isClosing(closing) && closing.proof",
    "isClosing(closing)",
  ),
  journal(
    "absence proves nothing in a copy",
    '(await this.#markers.standing(journal.id)) !== "original") return false;',
    '(await this.#markers.standing(journal.id)) === "other") return false;',
  ),
  journal(
    "absence proves nothing where the journal was set back",
    "return opening !== undefined && opening !== TORN && opening.order === orderId;",
    "return true;",
  ),
  journal(
    "no record holds a checkout URL",
    "const { checkoutSessionUrl: _url, answer, ...kept } = receipt;",
    "const { answer, ...kept } = receipt;",
  ),
  claims(
    "the intent is on the disk before a request may leave",
    'return write(this.store, this.nameOf(number), record, "durable");',
    'return write(this.store, this.nameOf(number), record, "lazy");',
  ),
  claims(
    "a lease allows for clocks that differ by a minute",
    "CLOCKS_DIFFER_MS = 60_000",
    "CLOCKS_DIFFER_MS = 0",
  ),
  claims("a lease covers the whole request", "sendBefore + secondsAtMost * 1000 + ", "sendBefore + "),
  claims("a lease ends with its process, where that is certain", " || hasEnded(process) === true", ""),
  files(
    "a name is taken by whoever writes it first",
    "linkSync(temporary, path);",
    "writeFileSync(path, text);",
  ),
  files(
    "a record that can't be read is not one that is absent",
    'if (code(error) === "ENOENT") return undefined;\n      throw error;\n    }\n  }\n\n  async mark',
    "return undefined;\n    }\n  }\n\n  async mark",
  ),
  files("a record is its owner's alone", 'openSync(path, "wx", 0o600)', 'openSync(path, "wx", 0o644)'),
  of("journal/marker.ts")(
    "a copy of a journal is told from the original",
    "marker.place === (await",
    "true || marker.place === (await",
  ),
  of("journal/books.ts")(
    "absence proves nothing in a copy, for the command journal, too",
    "maybeClaimed = isTorn || isCopied;",
    "maybeClaimed = isTorn;",
    "in the original's books",
  ),
  {
    broken: "an order is opened in the log of its month (UTC) and endpoint",
    file: "journal/opening-log.ts",
    text: "now.toISOString().slice(0, 7)",
    replacement: "now.toISOString().slice(0, 4)",
    caughtBy: "unit/opening-log.test.ts",
  },
  {
    broken: "every opened order has an entry of its own",
    file: "journal/opening-log.ts",
    text: "if (isMade) return { name };",
    replacement: "return { name };",
    caughtBy: "unit/opening-log.test.ts",
  },
  journal(
    "no record holds a checkout URL in the answer as it was received",
    "answer: { ...answer, checkoutSessionUrl: undefined }",
    "answer",
  ),
  journal(
    "an order of version 0.1 is known in the journal that it was opened under alone",
    "?.includes(signature) ?? false;",
    "?.includes(signature) ?? true;",
  ),
];
