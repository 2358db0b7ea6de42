import { printable } from "../domain/messages";
import { chargeInWords } from "./budget";
import { monthInReview } from "./month";
import { charges, mayCharge } from "./operations";
import type { StackName } from "./preview";
import {
  boughtInWords,
  budgetInWords,
  type Failed,
  headingsOf,
  objections,
  placeInWords,
  problemsInWords,
  type Review,
  rowOf,
} from "./review";

/** What code hosts take as one comment, in characters. */
const LONGEST_COMMENT = 65_536;

/**
 * A comment for a pull request: the money and the verdict in its first line. What came from a program stands in code only:
 * there it can't be a row, a link or a mention.
 */
export function markdownOf(review: Review, longest = LONGEST_COMMENT): string {
  const { operations, failed, stacks } = review;
  const isComplete = failed.length === 0;
  const head = [
    ...failed.flatMap(failure),
    ...(failed.length === stacks.length ? [] : [headline(review), ""]),
    ...review.months.flatMap((month) => [monthInReview(month), ""]),
    ...objections(review).flatMap(({ what, rest }) => [`❌ **${what}**${rest}`, ""]),
  ];
  const markers = ["", ...stacks.filter(({ project }) => project !== "").map(marker), ""];
  if (operations.length === 0) return [...head.slice(0, -1), ...markers].join("\n");
  const headings = headingsOf(review);
  const table = [`| ${headings.join(" | ")} |`, `|---:|${"---|".repeat(headings.length - 1)}`];
  const rows = operations.map((operation) => {
    const { what, resource, stack, team, credits, isKnownType, dollars: amount, note } = rowOf(operation);
    const where = stacks.length > 1 ? [code(stack)] : [];
    const doing = note === "" ? what : `${what} (${code(note)})`;
    return `| ${[amount, doing, code(resource), ...where, code(team), isKnownType ? credits : code(credits)].join(" | ")} |`;
  });
  const tail = isComplete ? ["", boughtInWords(review), ...markers] : markers;
  const build = (shown: number) =>
    [...head, ...table, ...rows.slice(0, shown), ...leftOut(review, shown), ...tail].join("\n");
  let shown = rows.length;
  while (shown > 0 && build(shown).length > longest) shown = Math.floor(shown * 0.9);
  return build(shown);
}

/** Hidden: by it a bot finds its own comment for this project and stack again. */
function marker({ project, stack }: StackName): string {
  return `<!-- pulumi-vercel-credits review ${encodeURIComponent(project)}/${encodeURIComponent(stack)} -->`;
}

function headline(review: Review): string {
  const { operations, verdict, failed, passes } = review;
  const by = failed.length === 0 ? "by this change" : "by the stacks whose preview is complete";
  if (operations.length === 0) return `No Vercel credits are bought ${by}.`;
  const charge = capital(chargeInWords(operations, verdict));
  const isBought = operations.some((one) => charges(one) || mayCharge(one));
  if (!isBought) return `**${charge}** ${by}.`;
  const what = `**${charge} at once${placeInWords(review)}** for Vercel credits`;
  if (failed.length > 0) return `${what} ${by}, before tax, not refundable.`;
  return `${passes ? "✅" : "❌"} ${what}, before tax, not refundable: ${budgetInWords(review)}.`;
}

/** Nothing that a failed preview lists is believed. */
function failure({ project, stack, why, problems }: Failed): string[] {
  const of = project === "" ? "" : ` of ${code(`${project}/${stack}`)}`;
  const said = problems.length > 0 ? problemsInWords(problems) : printable(why);
  return [
    `❌ **There is no complete preview${of}**, so nothing is known of the money.`,
    "",
    `<pre>${said.replaceAll(/[&<>@]/g, numbered)}</pre>`,
    "",
    ...(isAboutProtection(problems) ? [RENAMED, ""] : []),
  ];
}

/** Pulumi's own advice, to unprotect it, leads to a second charge where it was only renamed. */
const RENAMED =
  '⚠️ Was a purchase renamed or moved? Then add `aliases: [{ name: "<its old name>" }]`. Don\'t unprotect it: under the new name ' +
  "it would be bought again.";

function isAboutProtection(problems: readonly string[]): boolean {
  return problems.some((one) => /vercel:(CreditPurchase|PurchaseOrder)::/.test(one) && /protect/.test(one));
}

function leftOut({ operations }: Review, shown: number): string[] {
  const left = operations.length - shown;
  return left === 0 ? [] : ["", `... and ${left} more, which the total above includes.`];
}

/** A code span that nothing in the text can end, with all that a table or Markdown could read as its own written out. */
function code(text: string): string {
  const safe = printable(text, 100);
  return /^[^`|\\<>&]+$/.test(safe) ? `\`${safe}\`` : `<code>${escaped(safe)}</code>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ]/gu, numbered);
}

function numbered(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
