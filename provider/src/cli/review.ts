import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { chargeInWords } from "../review/budget";
import { markdownOf } from "../review/markdown";
import { monthForScripts, monthInReview } from "../review/month";
import { charges, fails, mayCharge } from "../review/operations";
import type { StackName } from "../review/preview";
import {
  boughtInWords,
  budgetInWords,
  concernsMoney,
  type Given,
  headingsOf,
  objections,
  placeInWords,
  problemsInWords,
  type Review,
  review,
  rowOf,
} from "../review/review";
import { readInput } from "./input";
import { PLAIN } from "./table";

interface Options {
  readonly format: string;
  readonly budget?: string;
  readonly stack?: readonly string[];
}

const FORMATS: Record<string, (review: Review) => string> = {
  markdown: (one) => markdownOf(one),
  text: textOf,
  json: jsonOf,
};

/** `pulumi-vercel-credits review [FILE...]`: what a merge would charge, for the people who review it. */
export async function reviewFiles(given: readonly string[], options: Options): Promise<void> {
  const files = given.length === 0 ? ["-"] : given;
  const write = FORMATS[options.format];
  if (!write)
    throw new Error(`--format ${printable(options.format)} is not one of ${Object.keys(FORMATS).join(", ")}`);
  const names = (options.stack ?? []).map(stackName);
  if (names.length > 0 && names.length !== files.length)
    throw new Error("name --stack once for each preview, in the same order, or not at all");
  const previews: Given[] = [];
  for (const [i, file] of files.entries()) previews.push({ ...(await read(file)), of: names[i] });
  const result = review(previews, options.budget);
  const twice = result.stacks.find((one, i) => result.stacks.slice(0, i).some((other) => isSame(one, other)));
  if (twice)
    throw new Error(`two previews are of ${printable(`${twice.project}/${twice.stack}`)}: give one of each`);
  process.stdout.write(write(result));
  for (const { project, stack, why, problems } of result.failed) {
    const which = project === "" ? "a preview" : printable(`the preview of ${project}/${stack}`);
    console.error(
      `pulumi-vercel-credits: ${which} is not complete: ${why}. Nothing is known of the money.${said(problems)}`,
    );
  }
  if (result.stacks.some(({ project }) => project === "")) {
    console.error(
      "pulumi-vercel-credits: a preview doesn't say which stack it is of, so no old comment can be found by it: name --stack PROJECT/STACK",
    );
  }
  process.exitCode = result.failed.length > 0 ? 2 : result.passes ? 0 : 1;
}

async function read(file: string): Promise<Omit<Given, "of">> {
  try {
    return { text: await readInput(file) };
  } catch (error) {
    return { text: "", unreadable: printable((error as Error).message, 300) };
  }
}

function isSame(a: StackName, b: StackName): boolean {
  return a.project !== "" && a.project === b.project && a.stack === b.stack;
}

function said(problems: readonly string[]): string {
  return problems.length === 0 ? "" : `\n${problemsInWords(problems)}`;
}

function stackName(text: string): StackName {
  // The name that Pulumi Cloud gives has the organization before it.
  const [, project, stack] = /^(?:[^/\s]+\/)?([^/\s]+)\/([^/\s]+)$/.exec(text) ?? [];
  if (project === undefined || stack === undefined)
    throw new Error(`--stack ${printable(text)} is not PROJECT/STACK`);
  return { project, stack };
}

function textOf(result: Review): string {
  const { operations, verdict, passes, stacks, failed, months } = result;
  const complete = stacks.filter(
    (one) => !failed.some(({ project, stack }) => one.project === project && one.stack === stack),
  );
  const where = complete.map(({ project, stack }) => printable(`${project}/${stack}`)).join(", ");
  const incomplete = failed.map(
    ({ project, stack, why, problems }) =>
      `${styleText("red", `${project === "" ? "" : printable(`${project}/${stack}: `)}no complete preview, so nothing is known of the money.`)}\n` +
      `${problems.length > 0 ? problemsInWords(problems) : printable(why)}`,
  );
  if (failed.length === stacks.length) return `${incomplete.join("\n")}\n`;
  if (operations.length === 0)
    return [...incomplete, `${where}: no Vercel credits are bought by this change.`, ""].join("\n");
  const headings = headingsOf(result);
  const table = new Table({
    head: headings,
    ...PLAIN,
    colAligns: ["right", ...headings.slice(1).map(() => "left" as const)],
  });
  for (const operation of operations) {
    const { what, resource, stack, team, credits, note, dollars: amount } = rowOf(operation);
    const named = stacks.length > 1 ? [stack] : [];
    const doing = note === "" ? what : `${what} (${note})`;
    const cells = [amount, doing, resource, ...named, team, credits].map((cell) => printable(cell, 100));
    const stands = charges(operation) || mayCharge(operation) || fails(operation);
    table.push(stands ? cells.map((cell) => styleText("yellow", cell)) : cells);
  }
  const isBought = operations.some((one) => charges(one) || mayCharge(one));
  const charge = `${where}: ${chargeInWords(operations, verdict)}`;
  const total = isBought
    ? `${charge} at once${placeInWords(result)}, before tax, not refundable: ${budgetInWords(result)}.`
    : `${charge}.`;
  return [
    ...incomplete,
    styleText(verdict.isWithin ? "bold" : "red", total),
    ...months.map(monthInReview),
    ...(passes ? [] : objections(result).map(({ what, rest }) => styleText("red", `${what}${rest}`))),
    table.toString(),
    boughtInWords(result),
    "",
  ].join("\n");
}

/** Money as decimal strings, as everywhere. */
function jsonOf(result: Review): string {
  const { operations, verdict, bought, passes, stacks, failed } = result;
  const { total, possible, unknown, budget, isWithin, atSandbox } = verdict;
  const isComplete = failed.length === 0;
  const written = {
    // Of one preview; of several, each operation names its own.
    ...(stacks.length === 1 && stacks[0]),
    complete: isComplete,
    problems: failed.flatMap(({ why, problems }) => (problems.length > 0 ? problems : [why])),
    passes,
    /** Whether there is something to approve, or to settle. */
    buys: concernsMoney(result),
    // All that may be charged; what will be for certain is `atLeast`.
    total: unknown > 0 || !isComplete ? "unknown" : `${total + possible}.00`,
    atLeast: isComplete ? `${total}.00` : "unknown",
    atSandbox: `${atSandbox}.00`,
    unknownAmounts: unknown,
    budget: isComplete ? `${budget}.00` : "unknown",
    withinBudget: isComplete && isWithin,
    ...(result.months.length > 0 && { months: result.months.map(monthForScripts) }),
    failing: operations.filter(fails).length,
    operations: operations.map(({ amount, kind, ...rest }) => ({
      operation: kind,
      ...rest,
      amount: amount === undefined ? "unknown" : `${amount}.00`,
    })),
    ...(isComplete &&
      !bought.isPartial && {
        bought: {
          purchases: bought.purchases,
          amount: bought.hidden > 0 ? "unknown" : `${bought.dollars}.00`,
          atSandbox: bought.atSandbox,
        },
      }),
    stacks,
  };
  return `${JSON.stringify(written, undefined, 2)}\n`;
}
