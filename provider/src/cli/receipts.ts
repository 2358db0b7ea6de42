import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify, styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { FileStore } from "../journal/file-store";
import { readOrders, tryOf } from "../journal/tries";
import { type Purchase, purchasesOfJournal, purchasesOfStack } from "../receipts/purchases";
import { sumsOf } from "../receipts/sums";
import { journalFolder } from "./journal-folder";
import { PLAIN } from "./table";

interface Options {
  readonly stack?: string;
  readonly journal?: boolean;
  readonly folder?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly html?: boolean;
}

/** `pulumi-vercel-credits receipts [FILE|-]`: what was bought, from a stack or the journal, for a person or finance. */
export async function receipts(file: string | undefined, options: Options): Promise<void> {
  const formats = [options.csv, options.json, options.html].filter(Boolean);
  if (formats.length > 1) throw new Error("choose one of --csv, --json and --html");
  const { purchases, source } = await read(file, options);
  if (options.json) process.stdout.write(jsonOf(purchases, source));
  else if (options.csv) process.stdout.write(await csvOf(purchases));
  else if (options.html)
    process.stdout.write((await import("../receipts/html.js")).pageOf(purchases, source));
  else process.stdout.write(textOf(purchases, source));
}

async function read(file: string | undefined, { stack, journal, folder }: Options) {
  if (journal || folder !== undefined) {
    if (file !== undefined || stack !== undefined) throw new Error("--journal takes no file and no stack");
    const from = await journalFolder(folder);
    const tries = (await readOrders(new FileStore(from))).map(tryOf).filter((one) => one !== undefined);
    return { purchases: purchasesOfJournal(tries), source: `the journal in ${from}` };
  }
  const source =
    file === undefined ? `the stack${stack ? ` ${stack}` : ""}` : file === "-" ? "standard input" : file;
  const exported = file === undefined ? await exportOf(stack) : readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    return { purchases: purchasesOfStack(exported), source };
  } catch (error) {
    throw new Error(`${printable(source)} can't be read as a stack: ${(error as Error).message}`);
  }
}

/** The export of the stack that is selected here, or of the named one. */
export async function exportOf(stack: string | undefined): Promise<string> {
  const args = ["stack", "export", "--non-interactive", ...(stack === undefined ? [] : ["--stack", stack])];
  try {
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 1024 ** 3, timeout: 120_000 });
    return stdout;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const why =
      code === "ENOENT" ? "there is no pulumi on PATH" : stderr?.trim().replace(/^error: /, "") || message;
    throw new Error(
      `the stack can't be exported: ${printable(why)}. Run this in the program's folder, or name a file that ` +
        "`pulumi stack export` wrote",
    );
  }
}

function textOf(purchases: readonly Purchase[], source: string): string {
  const head = ["outcome", "date", "purchase", "team", "credits", "ordered", "total", "intent"];
  const table = new Table({
    head,
    ...PLAIN,
    colAligns: [...Array(5).fill("left"), "right", "right", "left"],
  });
  for (const one of purchases) {
    const cells = [
      one.status,
      one.time?.slice(0, 10),
      one.name,
      one.team ?? "(the token's own)",
      one.creditType,
      one.amount === undefined ? undefined : dollars(one.amount),
      one.total === undefined ? undefined : `${one.total} ${one.currency ?? ""}`,
      one.intentId,
    ].map((cell) => printable(cell ?? "", 80));
    const colour = {
      charged: undefined,
      adopted: undefined,
      pending: "yellow",
      unknown: "red",
      "did not buy": "dim",
    };
    const style = colour[one.standing] as Parameters<typeof styleText>[0] | undefined;
    table.push(style === undefined ? cells : cells.map((cell) => styleText(style, cell)));
  }
  if (purchases.length === 0) return `No purchase on record in ${printable(source)}.\n`;
  return `${table}\n\n${summaryOf(purchases).join("\n")}\n`;
}

/** The sums, a line each. */
function summaryOf(purchases: readonly Purchase[]): string[] {
  const { charged, withoutTotal, pending, unknown, adopted } = sumsOf(purchases);
  const ordered = (these: readonly Purchase[]) => {
    const amounts = these.map(({ amount }) => amount).filter((amount) => amount !== undefined);
    const dollarsOrdered = `, ${dollars(amounts.reduce((sum, amount) => sum + amount, 0))} ordered`;
    return `${these.length}${amounts.length === these.length ? dollarsOrdered : ""}`;
  };
  return [
    ...charged.map((sum) => `Charged: ${sum.total} ${printable(sum.currency)} (${sum.purchases})`),
    ...(charged.length + withoutTotal.length === 0 ? ["Charged: nothing"] : []),
    ...(withoutTotal.length > 0
      ? [`Charged, without a total from Vercel, in no sum: ${ordered(withoutTotal)}`]
      : []),
    ...(unknown.length > 0 ? [`Unknown whether charged, in no sum: ${ordered(unknown)}`] : []),
    ...(pending.length > 0 ? [`Pending, in no sum: ${ordered(pending)}`] : []),
    ...(adopted.length > 0 ? [`Adopted, in no sum: ${ordered(adopted)}`] : []),
  ];
}

/** Money as decimal strings, as everywhere. */
function jsonOf(purchases: readonly Purchase[], source: string): string {
  const { charged, withoutTotal, pending, unknown, adopted } = sumsOf(purchases);
  const inNoSum = {
    withoutTotal: withoutTotal.length,
    unknown: unknown.length,
    pending: pending.length,
    adopted: adopted.length,
  };
  return `${JSON.stringify({ source, charged, inNoSum, purchases }, undefined, 2)}\n`;
}

const COLUMNS: (keyof Purchase)[] = [
  "standing",
  "status",
  "time",
  "project",
  "stack",
  "name",
  "team",
  "creditType",
  "amount",
  "currency",
  "subtotal",
  "tax",
  "total",
  "refund",
  "intentId",
  "order",
  "requestId",
];

async function csvOf(purchases: readonly Purchase[]): Promise<string> {
  const { default: Papa } = await import("papaparse");
  const rows = purchases.map((one) => COLUMNS.map((column) => printable(`${one[column] ?? ""}`)));
  // A name such as =1+1 must stay text in a spreadsheet.
  return `${Papa.unparse({ fields: COLUMNS, data: rows }, { escapeFormulae: true, newline: "\n" })}\n`;
}
