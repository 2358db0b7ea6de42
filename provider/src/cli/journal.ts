import { styleText } from "node:util";
import Table from "cli-table3";
import { CHARGED, MAYBE_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { outcomeInWords } from "../domain/outcome-in-words";
import type { JournaledPurchase } from "../journal/books";
import { Journal } from "../journal/journal";
import type { JournalStore } from "../journal/store";
import { type Selection, select, selectionInWords } from "../receipts/select";
import { findOrder } from "./find-order";
import { evidenceOf } from "./investigate";
import { booksAt, type JournalOptions } from "./journal-at";
import { stillSending } from "./lease";
import { PLAIN } from "./table";

/** Which orders, and of what. */
interface Options extends JournalOptions, Omit<Selection, "purchase"> {
  readonly json?: boolean;
}

/** `pulumi-vercel-credits journal`: every order that this journal knows, and which of them need a person. */
export async function journal(options: Options): Promise<void> {
  const { project, stack, team, since } = options;
  const wanted = { project, stack, team, since };
  const { whole, shown, books: all } = await booksAt(options);
  const books = select(all, wanted, (one) => ({
    ...one,
    organization: one.identity?.organization,
    ownerId: one.receipt.ownerId,
  }));
  const unresolved = books.filter((one) => one.unresolved);
  const doubled = books.filter(isDoubled);
  if (unresolved.length + doubled.length > 0) process.exitCode = 1;
  const hints = await hintsOn(unresolved, all);
  if (options.json)
    return printJson({
      journal: shown,
      filter: selectionInWords(wanted),
      unresolved: unresolved.length,
      doubleCharges: doubled.length,
      purchases: books,
      hints,
    });
  if (books.length === 0) {
    const filter = selectionInWords(wanted);
    const which = filter === undefined ? "no purchase yet" : `no such purchase (${filter})`;
    return console.log(`The journal in ${printable(shown)} holds ${which}.`);
  }
  console.log(tableOf(books).toString());
  for (const { order, says } of hints) console.log(`\n${printable(order)}: ${says}`);
  const sending = await sendingOf(unresolved, whole);
  for (const [order, says] of sending) console.log(`\n${printable(order)}: ${says}`);
  const left = unresolved.filter(({ order }) => !sending.has(order));
  if (left.length > 0) console.log(`\n${onUnresolved(left)}`);
  if (doubled.length > 0) console.log(`\n${onDoubled(doubled)}`);
}

/** By order: who may still be sending its request. Then no person can know yet how it ends. */
async function sendingOf(
  unresolved: readonly JournaledPurchase[],
  store: JournalStore,
): Promise<ReadonlyMap<string, string>> {
  const journal = new Journal(store);
  const all = await Promise.all(
    unresolved.map(async ({ order, reference }) => ({ order, says: await stillSending(journal, reference) })),
  );
  return new Map(all.flatMap(({ order, says }) => (says === undefined ? [] : [[order, says] as const])));
}

/** Two orders charged for one purchase, and nobody has said yet that it is known. */
function isDoubled({ doubleCharge, known }: JournaledPurchase): boolean {
  return doubleCharge && !known;
}

function onUnresolved(unresolved: readonly JournaledPurchase[]): string {
  const [first] = unresolved;
  const isOne = unresolved.length === 1;
  const what = isOne ? "1 is unresolved" : `${unresolved.length} are unresolved`;
  return (
    `${what} (❓): nobody knows whether ${isOne ? "it was" : "they were"} charged. ${MAYBE_CHARGED} Look on the team's billing page. If it is ` +
    "there, set adopt to its id; if it is not, raise attempt to buy it, or set withdraw: true; then run `pulumi up`. " +
    `Where no program declares it any more, use \`pulumi-vercel-credits journal settle\`.\n` +
    `${unresolved.some(({ outcome }) => outcome === "checkout") ? "A checkout can still be paid: either pay it, and set adopt, or raise attempt. Both would charge twice.\n" : ""}` +
    `\`pulumi-vercel-credits journal show ${first?.order}\` prints all that is recorded, \`investigate\` what the ` +
    "balance suggests."
  );
}

function onDoubled(doubled: readonly JournaledPurchase[]): string {
  const orders = doubled.map(({ order, name }) => `${printable(order)} (${printable(name ?? "?", 100)})`);
  const lines = orders.map((order) => `  ${order}`).join("\n");
  return (
    `Charged more than once for one purchase (‼️):\n${lines}\n${CHARGED} If that was not intended, ask Vercel's support ` +
    "for a refund. Then say that it is known: `pulumi-vercel-credits journal settle " +
    `${doubled[0]?.order} --known\`.`
  );
}

/** What the balances suggest about the orders that recorded one when they were opened. */
function hintsOn(unresolved: readonly JournaledPurchase[], books: readonly JournaledPurchase[]) {
  const comparable = unresolved.filter(({ balance }) => balance !== undefined);
  return Promise.all(
    comparable.map(async (one) => ({ order: one.order, ...(await evidenceOf(one, books)) })),
  );
}

/** `pulumi-vercel-credits journal show ORDER`: everything that is recorded of one order. */
export async function showOrder(beginning: string, options: Options): Promise<void> {
  const { whole, shown, books } = await booksAt(options);
  const found = findOrder(books, beginning, shown);
  if (found.unresolved || isDoubled(found)) process.exitCode = 1;
  const [hint] = found.unresolved ? await hintsOn([found], books) : [];
  const records = await recordsOf(found.order, whole);
  if (options.json) return printJson({ journal: shown, ...found, records, ...(hint && { hint }) });
  console.log([`${found.order}: ${resultOf(found)}`, ...records.flatMap(section)].join("\n"));
  if (found.unresolved) {
    console.log(`  ${(await stillSending(new Journal(whole), found.reference)) ?? MAYBE_CHARGED}`);
  }
  if (isDoubled(found)) console.log(`  ${onDoubled([found])}`);
  if (hint) console.log(`  ${hint.says}`);
}

interface NamedRecord {
  readonly name: string;
  /** Undefined where it was cut off while it was written, or isn't ours. */
  readonly record: Record<string, unknown> | undefined;
}

/** The records of a journal that are about an order, in the order they were written. For reading by people. */
async function recordsOf(order: string, store: JournalStore): Promise<NamedRecord[]> {
  const all = await Promise.all(
    (await store.names()).map(async (name) => ({ name, record: parsed(await store.read(name)) })),
  );
  return all
    .filter(({ name, record }) => name.startsWith(`${order}.`) || isAbout(order, record))
    .toSorted((a, b) => `${a.record?.time ?? ""}`.localeCompare(`${b.record?.time ?? ""}`));
}

/** A closing record stands under a name that an intent would have taken. */
function isAbout(order: string, record: NamedRecord["record"]): boolean {
  return record?.order === order || record?.closed === order;
}

function parsed(text: string | undefined): NamedRecord["record"] {
  try {
    const json: unknown = JSON.parse(text ?? "");
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function tableOf(books: readonly JournaledPurchase[]) {
  // A journal is often of one stack alone.
  const several = new Set(books.map(placeOf)).size > 1;
  const place = several ? ["stack"] : [];
  const table = new Table({
    head: [
      "",
      "order",
      "attempt",
      "time",
      ...place,
      "purchase",
      "team",
      "credits",
      "dollars",
      "outcome",
      "intent",
    ],
    ...PLAIN,
    colAligns: [
      ...(["left", "left", "right", "left"] as const),
      ...place.map(() => "left" as const),
      ...(["left", "left", "left", "right", "left", "left"] as const),
    ],
  });
  for (const one of books) {
    const cells = [
      one.unresolved ? "❓" : isDoubled(one) ? "‼️" : "",
      one.order,
      one.attempt,
      one.time?.replace(/\.\d+Z$/, "Z"),
      ...(several ? [placeOf(one)] : []),
      one.name,
      one.team ?? "(the token's own)",
      one.creditType,
      one.amount === undefined ? undefined : dollars(one.amount),
      resultOf(one),
      one.receipt.intentId,
    ].map((cell) => printable(`${cell ?? ""}`, 80));
    const style = styleOf(one);
    table.push(style === undefined ? cells : cells.map((cell) => styleText(style, cell)));
  }
  return table;
}

function placeOf({ project, stack }: JournaledPurchase): string {
  return project === undefined ? "" : `${project}/${stack}`;
}

function styleOf(one: JournaledPurchase): "red" | "dim" | undefined {
  if (one.unresolved || isDoubled(one)) return "red";
  return one.requestLeft ? undefined : "dim";
}

function resultOf(one: JournaledPurchase): string {
  const at = one.sandbox === undefined ? "" : ", sandbox";
  return `${printable(outcomeInWords(one), 100)}${at}${one.forgotten ? ", forgotten" : ""}`;
}

function section({ name, record }: NamedRecord): string[] {
  if (record === undefined) return [`  ${printable(name)}: a record that can't be read`];
  return [`  ${printable(name)}`, ...lines(record, "    ")];
}

function lines(record: object, indent: string): string[] {
  return Object.entries(record).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? [`${indent}${printable(key)}:`, ...lines(value, `${indent}  `)]
      : [`${indent}${printable(key)}: ${printable(String(value), 2000)}`],
  );
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, undefined, 2));
}
