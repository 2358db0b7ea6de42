import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { totalInWords } from "../review/budget";
import { markdownOf } from "../review/markdown";
import { HEADINGS, type Review, review, rowOf } from "../review/review";
import { PLAIN } from "./table";

interface Options {
  readonly format: string;
  readonly budget?: string;
}

const FORMATS: Record<string, (review: Review) => string> = {
  markdown: (one) => markdownOf(one),
  text: textOf,
  json: jsonOf,
};

/** `pulumi-vercel-credits review [FILE|-]`: what a merge would charge, for the people who review it. */
export async function reviewFile(file: string, { format, budget }: Options): Promise<void> {
  const write = FORMATS[format];
  if (!write)
    throw new Error(`--format ${printable(format)} is not one of ${Object.keys(FORMATS).join(", ")}`);
  let result: Review;
  try {
    result = review(readFileSync(file === "-" ? 0 : file, "utf8"), budget);
  } catch (error) {
    const from = file === "-" ? "standard input" : printable(file);
    throw new Error(
      `${from} is no preview to review: ${printable((error as Error).message)}. Nothing is known of money.`,
    );
  }
  process.stdout.write(write(result));
  if (!result.verdict.isWithin) process.exitCode = 1;
}

function textOf({ operations, verdict, bought, project, stack }: Review): string {
  const where = printable(`${project}/${stack}`);
  if (operations.length === 0) return `${where}: no Vercel credits are bought by this change.\n`;
  const table = new Table({ head: HEADINGS, ...PLAIN });
  for (const operation of operations) {
    const { what, resource, team, credits, note, dollars: amount } = rowOf(operation);
    const cells = [what, resource, team, credits, note, amount].map((cell) => printable(cell, 100));
    const charges = operation.kind === "buy" || operation.kind === "buy again";
    table.push(charges ? cells.map((cell) => styleText("yellow", cell)) : cells);
  }
  const total = `${where}: ${totalInWords(verdict)} will be charged at once, before tax, not refundable.`;
  const budget = `${verdict.isWithin ? "Within" : "NOT within"} the budget of ${dollars(verdict.budget)} for one update.`;
  return [
    styleText("bold", total),
    table.toString(),
    styleText(verdict.isWithin ? "green" : "red", budget),
    ...(bought.isPartial
      ? []
      : [`Bought already with this stack: ${bought.purchases}, ${dollars(bought.dollars)}.`]),
    "",
  ].join("\n");
}

/** Money as decimal strings, as everywhere. */
function jsonOf({ operations, verdict, bought, project, stack }: Review): string {
  const { total, unknown, budget, isWithin } = verdict;
  const result = {
    project,
    stack,
    total: unknown > 0 ? "unknown" : `${total}.00`,
    atLeast: `${total}.00`,
    unknownAmounts: unknown,
    budget: `${budget}.00`,
    withinBudget: isWithin,
    operations: operations.map(({ amount, kind, ...rest }) => ({
      operation: kind,
      ...rest,
      amount: amount === undefined ? "unknown" : `${amount}.00`,
    })),
    ...(!bought.isPartial && { bought: { purchases: bought.purchases, amount: `${bought.dollars}.00` } }),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
