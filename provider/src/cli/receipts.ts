import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { printable } from "../domain/messages";
import { hidesSecrets, type Purchase, purchasesOfJournal, purchasesOfStack } from "../receipts/purchases";
import { type Selection, select, selectionInWords } from "../receipts/select";
import { SEPARATE, sumsOf, type Totals } from "../receipts/sums";
import { nameOf, readInput } from "./input";
import { booksAt, type JournalOptions } from "./journal-at";
import { detailed, detailedText } from "./receipts-purchase";
import { receiptsText } from "./receipts-text";

interface Options extends Selection, Pick<JournalOptions, "folder"> {
  /** Its address may follow. */
  readonly journal?: boolean | string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly html?: boolean;
}

/** `pulumi-vercel-credits receipts [FILE|-]`: what was bought, from a stack or the journal, for a person or finance. */
export async function receipts(file: string | undefined, options: Options): Promise<void> {
  const formats = [options.csv, options.json, options.html].filter(Boolean);
  if (formats.length > 1) throw new Error("choose one of --csv, --json and --html");
  const { purchases: all, source, hidden } = await read(file, options);
  const isExported = file === undefined && !isOfJournal(options);
  const selection = isExported ? { ...options, stack: undefined } : options;
  const purchases = select(all, selection);
  if (hidden) {
    console.error(
      "pulumi-vercel-credits: some values are secret and not in this export, so amounts and earlier attempts may be " +
        "missing: `pulumi stack export --show-secrets` writes them",
    );
  }
  process.stdout.write(await written({ purchases, source, filter: selectionInWords(selection) }, options));
}

interface Asked {
  readonly purchases: readonly Purchase[];
  readonly source: string;
  /** What was asked for, in words, where that isn't everything. */
  readonly filter: string | undefined;
}

async function written({ purchases, source, filter }: Asked, options: Options): Promise<string> {
  if (options.csv) return csvOf(purchases);
  if (options.html) {
    const { pageOf } = await import("../receipts/html.js");
    return pageOf(purchases, { source, filter, date: new Date() });
  }
  const from = filter === undefined ? source : `${source} (${filter})`;
  if (options.purchase !== undefined && purchases.length > 0) {
    return options.json ? json({ source, purchases: detailed(purchases) }) : detailedText(purchases);
  }
  return options.json
    ? json({ source, filter, ...sumsForScripts(purchases), purchases })
    : receiptsText(purchases, from);
}

function isOfJournal({ journal, folder }: Options): boolean {
  return journal !== undefined || folder !== undefined;
}

interface Found {
  readonly purchases: readonly Purchase[];
  /** Where they are from, for people. */
  readonly source: string;
  /** Whether secrets are left out. */
  readonly hidden: boolean;
}

async function read(file: string | undefined, options: Options): Promise<Found> {
  const { stack, journal, folder } = options;
  if (isOfJournal(options)) {
    if (file !== undefined) throw new Error("--journal takes no file");
    const address = typeof journal === "string" ? journal : undefined;
    const { shown, books } = await booksAt({ address, folder });
    return {
      purchases: purchasesOfJournal(books),
      source: `the journal in ${shown}`,
      hidden: false,
    };
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

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Money as decimal strings, as everywhere. What is made at the sandbox is in a part of its own. */
function sumsForScripts(purchases: readonly Purchase[]) {
  const { sandbox, ...sums } = sumsOf(purchases);
  const isThere = purchases.some((one) => one.sandbox !== undefined);
  return { ...totalsForScripts(sums), ...(isThere && { sandbox: totalsForScripts(sandbox) }) };
}

function totalsForScripts(totals: Totals) {
  const { charged, byTeam, byTeamAndCreditType, withoutTotal, secretTotal, hidden, separate } = totals;
  const incomplete = secretTotal.length + hidden.length > 0;
  return {
    charged,
    byTeam,
    byTeamAndCreditType,
    ...(incomplete && { incomplete }),
    notInTotals: {
      withoutTotal: withoutTotal.length,
      ...Object.fromEntries(SEPARATE.map((outcome) => [outcome, separate[outcome].length])),
      ...(incomplete && { secretTotal: secretTotal.length, hidden: hidden.length }),
    },
  };
}

const COLUMNS: (keyof Purchase)[] = [
  ...(["outcome", "status", "time", "project", "stack", "name", "team", "creditType"] as const),
  ...(["amount", "attempt", "currency", "subtotal", "tax", "total", "refund"] as const),
  ...(["intentId", "order", "requestId", "providerType", "providerResourceId", "sandbox", "secret"] as const),
];

async function csvOf(purchases: readonly Purchase[]): Promise<string> {
  const { default: Papa } = await import("papaparse");
  const rows = purchases.map((one) => COLUMNS.map((column) => printable(csvCell(one, column))));
  // A name such as =1+1 must stay text in a spreadsheet.
  return `${Papa.unparse({ fields: COLUMNS, data: rows }, { escapeFormulae: true, newline: "\n" })}\n`;
}

/** A secret is a word, and not an empty cell, so that nobody takes a sum of the column for whole. */
function csvCell(one: Purchase, column: keyof Purchase): string {
  if (column === "secret") return (one.secret ?? []).map((key) => key.replace(/^__/, "")).join(" ");
  return `${one[column] ?? (one.secret?.includes(column) ? "[secret]" : "")}`;
}
