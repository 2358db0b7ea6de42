import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { chargeInWords } from "../review/budget";
import { markdownOf } from "../review/markdown";
import { charges, fails, mayCharge } from "../review/operations";
import { HEADINGS, objections, type Review, review, rowOf } from "../review/review";
import { nameOf, readInput } from "./input";
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
    result = review(await readInput(file), budget);
  } catch (error) {
    throw new Error(
      `${nameOf(file)} is not a complete preview: ${printable((error as Error).message)}. Nothing is known of the money.`,
    );
  }
  process.stdout.write(write(result));
  if (!result.passes) process.exitCode = 1;
}

function textOf(result: Review): string {
  const { operations, verdict, bought, project, stack, passes } = result;
  const where = printable(`${project}/${stack}`);
  if (operations.length === 0) return `${where}: no Vercel credits are bought by this change.\n`;
  const table = new Table({ head: HEADINGS, ...PLAIN });
  for (const operation of operations) {
    const { what, resource, team, credits, note, dollars: amount } = rowOf(operation);
    const cells = [what, resource, team, credits, note, amount].map((cell) => printable(cell, 100));
    const stands = charges(operation) || mayCharge(operation) || fails(operation);
    table.push(stands ? cells.map((cell) => styleText("yellow", cell)) : cells);
  }
  const total = `${where}: ${chargeInWords(operations, verdict)} at once, before tax, not refundable.`;
  const verdicts = passes
    ? [styleText("green", `Within the budget of ${dollars(verdict.budget)} for one update.`)]
    : objections(result).map(({ what, rest }) => styleText("red", `${what}${rest}`));
  return [
    styleText("bold", total),
    table.toString(),
    ...verdicts,
    ...(bought.isPartial
      ? []
      : [`Bought already with this stack: ${bought.purchases}, ${dollars(bought.dollars)}.`]),
    "",
  ].join("\n");
}

/** Money as decimal strings, as everywhere. */
function jsonOf({ operations, verdict, bought, project, stack, passes }: Review): string {
  const { total, possible, unknown, budget, isWithin } = verdict;
  const result = {
    project,
    stack,
    passes,
    // All that may be charged; what will be for certain is `atLeast`.
    total: unknown > 0 ? "unknown" : `${total + possible}.00`,
    atLeast: `${total}.00`,
    unknownAmounts: unknown,
    budget: `${budget}.00`,
    withinBudget: isWithin,
    failing: operations.filter(fails).length,
    operations: operations.map(({ amount, kind, ...rest }) => ({
      operation: kind,
      ...rest,
      amount: amount === undefined ? "unknown" : `${amount}.00`,
    })),
    ...(!bought.isPartial && { bought: { purchases: bought.purchases, amount: `${bought.dollars}.00` } }),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
