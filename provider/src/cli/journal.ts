import { styleText } from "node:util";
import Table from "cli-table3";
import { MAYBE_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { FileStore } from "../journal/file-store";
import { TORN } from "../journal/records";
import { type OrderRecords, readOrders, type Try, tryOf } from "../journal/tries";
import { evidenceOf } from "./investigate";
import { journalFolder } from "./journal-folder";
import { PLAIN } from "./table";

interface Options {
  readonly folder?: string;
  readonly json?: boolean;
}

/** `pulumi-vercel-credits journal`: every try on this machine, and which of them nobody knows the end of. */
export async function journal(options: Options): Promise<void> {
  const { folder, orders } = await read(options);
  const tries = orders.map(tryOf).filter((one) => one !== undefined);
  const unresolved = tries.filter((one) => one.unresolved);
  if (unresolved.length > 0) process.exitCode = 1;
  const hints = await hintsOn(unresolved, tries);
  if (options.json) return printJson({ folder, unresolved: unresolved.length, tries, hints });
  if (tries.length === 0) return console.log(`The journal in ${printable(folder)} holds no purchase yet.`);
  console.log(tableOf(tries).toString());
  if (unresolved.length === 0) return;
  const what = unresolved.length === 1 ? "1 is unresolved" : `${unresolved.length} are unresolved`;
  console.log(
    `${hints.map(({ order, says }) => `\n${printable(order)}: ${says}\n`).join("")}\n${what} (❓): nobody knows how it ended. ${MAYBE_CHARGED} Look for it on the team's billing page. If it is ` +
      "there, set adopt to its id; if it is not, raise attempt; then run `pulumi up`.\n" +
      `\`pulumi-vercel-credits journal show ${unresolved[0]?.order}\` says all that is known, \`investigate\` what the balance ` +
      "suggests.",
  );
}

/** What the balances suggest, for the tries that kept one when their order was opened. */
function hintsOn(unresolved: readonly Try[], tries: readonly Try[]) {
  const comparable = unresolved.filter(({ balance }) => balance !== undefined);
  return Promise.all(
    comparable.map(async (one) => ({ order: one.order, ...(await evidenceOf(one, tries)) })),
  );
}

/** `pulumi-vercel-credits journal show ORDER`: everything that is known of one order. */
export async function showOrder(beginning: string, options: Options): Promise<void> {
  const { folder, orders } = await read(options);
  const [found, another] = orders.filter(({ order }) => order.startsWith(beginning));
  if (found === undefined) {
    throw new Error(`the journal in ${printable(folder)} knows no order ${printable(beginning)}`);
  }
  if (another !== undefined) throw new Error(`${printable(beginning)} is the beginning of several orders`);
  const one = tryOf(found);
  if (one?.unresolved) process.exitCode = 1;
  const tries = orders.map(tryOf).filter((each) => each !== undefined);
  const [hint] = one?.unresolved ? await hintsOn([one], tries) : [];
  if (options.json) return printJson({ folder, ...found, ...(hint && { hint }) });
  console.log(describe(found, orders));
  if (hint) console.log(`  ${hint.says}`);
}

async function read({ folder: given }: Options): Promise<{ folder: string; orders: OrderRecords[] }> {
  const folder = await journalFolder(given);
  return { folder, orders: await readOrders(new FileStore(folder)) };
}

function tableOf(tries: readonly Try[]) {
  const table = new Table({
    head: ["", "order", "try", "time", "purchase", "team", "credits", "dollars", "outcome", "intent"],
    ...PLAIN,
    colAligns: ["left", "left", "right", "left", "left", "left", "left", "right", "left", "left"],
  });
  for (const one of tries) {
    const cells = [
      one.unresolved ? "❓" : "",
      one.order,
      one.try,
      one.time?.replace(/\.\d+Z$/, "Z"),
      one.name,
      one.team ?? "(the token's own)",
      one.creditType,
      one.amount === undefined ? undefined : dollars(one.amount),
      outcomeOf(one),
      one.intentId,
    ].map((cell) => printable(`${cell ?? ""}`, 80));
    table.push(one.unresolved ? cells.map((cell) => styleText("red", cell)) : cells);
  }
  return table;
}

function outcomeOf({ status = "no answer recorded", adopted, next }: Try): string {
  if (adopted !== undefined) return `${status}, adopted as ${adopted}`;
  return next === undefined ? status : `${status}, then tried again`;
}

/** An order's records, a line for each thing that is known. */
function describe({ order, sent, outcome, settled }: OrderRecords, all: readonly OrderRecords[]): string {
  const before = all.filter((one) => nextOf(one) === order).map((one) => one.order);
  return [
    order,
    ...before.map((one) => `  opened in place of: ${one}`),
    ...section(nextOf({ sent }) === undefined ? "sent" : "withdrawn: never sent", sent),
    ...section("outcome", outcome ?? (sent && nextOf({ sent }) === undefined ? NO_ANSWER : undefined)),
    ...section("settled", settled),
  ].join("\n");
}

const NO_ANSWER = { "no answer recorded": MAYBE_CHARGED };

function nextOf({ sent, settled }: Partial<OrderRecords>): string | undefined {
  if (settled !== undefined && settled !== TORN && settled.next !== undefined) return settled.next;
  return sent === undefined || sent === TORN ? undefined : sent.withdrawnFor;
}

function section(title: string, record: object | string | undefined): string[] {
  if (record === undefined) return [];
  if (typeof record === "string") return [`  ${title}: unreadable record`];
  return [`  ${title}`, ...lines(record, "    ")];
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
