import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { chargeInWords } from "./budget";
import { charges, mayCharge } from "./operations";
import { HEADINGS, objections, type Review, rowOf } from "./review";

/** What code hosts take as one comment, in characters. */
const LONGEST_COMMENT = 65_536;

/**
 * A comment for a pull request. What came from a program stands in code spans only: there it can't be a row, a link
 * or a mention.
 */
export function markdownOf(review: Review, longest = LONGEST_COMMENT): string {
  const head = headline(review);
  const { operations } = review;
  if (operations.length === 0) return [head, "", marker(review), ""].join("\n");
  const table = [`| ${HEADINGS.join(" | ")} |`, `|${"---|".repeat(HEADINGS.length - 1)}---:|`];
  const rows = operations.map((operation) => {
    const { what, resource, team, credits, dollars: amount, note } = rowOf(operation);
    return `| ${what} | ${code(resource)} | ${code(team)} | ${code(credits)} | ${note && code(note)} | ${amount} |`;
  });
  const tail = ["", ...closing(review), "", marker(review), ""];
  const build = (shown: number) =>
    [head, "", ...table, ...rows.slice(0, shown), ...leftOut(review, shown), ...tail].join("\n");
  let shown = rows.length;
  while (shown > 0 && build(shown).length > longest) shown = Math.floor(shown * 0.9);
  return build(shown);
}

/** Hidden: by it a bot finds its own comment for this project and stack again. */
function marker({ project, stack }: Review): string {
  return `<!-- pulumi-vercel-credits review ${encodeURIComponent(project)}/${encodeURIComponent(stack)} -->`;
}

function headline({ operations, verdict }: Review): string {
  if (operations.length === 0) return "No Vercel credits are bought by this change.";
  const charge = capital(chargeInWords(operations, verdict));
  return operations.some((one) => charges(one) || mayCharge(one))
    ? `**${charge} at once** for Vercel credits, before tax, and it is not refundable.`
    : `**${charge}** by this change.`;
}

function closing(review: Review): string[] {
  const { bought, verdict, passes } = review;
  const times = `${bought.purchases} purchase${bought.purchases === 1 ? "" : "s"}`;
  const already = bought.isPartial
    ? "Bought already with this stack: not in this preview (`pulumi preview --json --show-sames` lists it)."
    : `Bought already with this stack: ${times}, ${dollars(bought.dollars)}.`;
  const verdicts = passes
    ? [`✅ Within the budget of ${dollars(verdict.budget)} for one update.`]
    : objections(review).map(({ what, rest }) => `❌ **${what}**${rest}`);
  return [...verdicts.flatMap((line) => [line, ""]), already];
}

function leftOut({ operations }: Review, shown: number): string[] {
  const left = operations.length - shown;
  return left === 0 ? [] : ["", `... and ${left} more, which the total above includes.`];
}

/** A code span that nothing in the text can end, with all that a table or Markdown could read as its own written out. */
function code(text: string): string {
  const safe = printable(text, 100);
  if (/^[^`|\\<>&]+$/.test(safe)) return `\`${safe}\``;
  return `<code>${safe.replaceAll(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
