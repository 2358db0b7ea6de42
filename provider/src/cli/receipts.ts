import { execFile } from "node:child_process";
import { promisify, styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { Outcome } from "../domain/outcome";
import { outcomeInWords } from "../domain/outcome-in-words";
import { readBooks } from "../journal/books";
import { FileStore } from "../journal/file-store";
import { hidesSecrets, type Purchase, purchasesOfJournal, purchasesOfStack } from "../receipts/purchases";
import { SEPARATE, type Sums, sumsOf } from "../receipts/sums";
import { nameOf, readInput } from "./input";
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
  const { purchases, source, hidden } = await read(file, options);
  if (hidden) {
    console.error(
      "pulumi-vercel-credits: some values are secret and not in this export, so amounts and earlier attempts may be " +
        "missing: `pulumi stack export --show-secrets` writes them",
    );
  }
  if (options.json) process.stdout.write(jsonOf(purchases, source));
  else if (options.csv) process.stdout.write(await csvOf(purchases));
  else if (options.html)
    process.stdout.write((await import("../receipts/html.js")).pageOf(purchases, source));
  else process.stdout.write(textOf(purchases, source));
}

interface Found {
  readonly purchases: readonly Purchase[];
  /** Where they are from, for people. */
  readonly source: string;
  /** Whether secrets are left out. */
  readonly hidden: boolean;
}

async function read(file: string | undefined, { stack, journal, folder }: Options): Promise<Found> {
  if (journal || folder !== undefined) {
    if (file !== undefined || stack !== undefined) throw new Error("--journal takes no file and no stack");
    const from = await journalFolder(folder);
    const purchases = purchasesOfJournal(await readBooks(new FileStore(from)));
    return { purchases, source: `the journal in ${from}`, hidden: false };
  }
  const source = file === undefined ? `the stack${stack ? ` ${stack}` : ""}` : nameOf(file);
  const exported = file === undefined ? await exportOf(stack) : await readInput(file);
  try {
    return { purchases: purchasesOfStack(exported), source, hidden: hidesSecrets(exported) };
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
      outcomeInWords(one),
      one.time?.slice(0, 10),
      one.name,
      one.team ?? "(the token's own)",
      one.creditType,
      one.amount === undefined ? undefined : dollars(one.amount),
      one.total === undefined ? undefined : `${one.total} ${one.currency ?? ""}`,
      one.intentId,
    ].map((cell) => printable(cell ?? "", 80));
    const style = STYLES[one.outcome];
    table.push(style === undefined ? cells : cells.map((cell) => styleText(style, cell)));
  }
  if (purchases.length === 0) return `No purchase on record in ${printable(source)}.\n`;
  const altered = purchases.filter((one) => one.altered !== undefined);
  const notes = altered.map(
    (one) =>
      `${printable(one.name ?? "?", 100)} is listed as unknown, because its record was altered: ${one.altered}.`,
  );
  return `${table}\n\n${[...summaryOf(purchases), ...notes].join("\n")}\n`;
}

const STYLES: Partial<Record<Outcome, Parameters<typeof styleText>[0]>> = {
  pending: "yellow",
  checkout: "yellow",
  unknown: "red",
  failed: "dim",
  refused: "dim",
  notSent: "dim",
  withdrawn: "dim",
};

/** The totals, a line each, and below them what is not in them. */
function summaryOf(purchases: readonly Purchase[]): string[] {
  const { charged, withoutTotal, separate } = sumsOf(purchases);
  const notInTotals = (what: string, these: readonly Purchase[]) =>
    these.length === 0 ? [] : [`${what} (not in the totals): ${ordered(these)}`];
  return [
    ...charged.map((sum) => `Charged: ${sum.total} ${printable(sum.currency)} (${sum.purchases})`),
    ...(charged.length + withoutTotal.length === 0 ? ["Charged: nothing"] : []),
    ...notInTotals("Charged, without a total in Vercel's answer", withoutTotal),
    ...SEPARATE.flatMap((outcome) => notInTotals(LISTED[outcome], separate[outcome])),
  ];
}

const LISTED: Record<keyof Sums["separate"], string> = {
  unknown: "Unknown whether charged",
  pending: "Pending",
  checkout: "Checkout not completed",
  adopted: "Adopted",
};

function ordered(these: readonly Purchase[]): string {
  const amounts = these.map(({ amount }) => amount).filter((amount) => amount !== undefined);
  const sum = dollars(amounts.reduce((total, amount) => total + amount, 0));
  return `${these.length}${amounts.length === these.length ? `, ${sum} ordered` : ""}`;
}

/** Money as decimal strings, as everywhere. */
function jsonOf(purchases: readonly Purchase[], source: string): string {
  const { charged, withoutTotal, separate } = sumsOf(purchases);
  const notInTotals = {
    withoutTotal: withoutTotal.length,
    ...Object.fromEntries(SEPARATE.map((outcome) => [outcome, separate[outcome].length])),
  };
  return `${JSON.stringify({ source, charged, notInTotals, purchases }, undefined, 2)}\n`;
}

const COLUMNS: (keyof Purchase)[] = [
  "outcome",
  "status",
  "time",
  "project",
  "stack",
  "name",
  "team",
  "creditType",
  "amount",
  "attempt",
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
