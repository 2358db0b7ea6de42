import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { Outcome } from "../domain/outcome";
import { outcomeInWords } from "../domain/outcome-in-words";
import { placesOf } from "../receipts/places";
import type { Purchase } from "../receipts/purchases";
import { isSecret, SEPARATE, type Sum, type Sums, sumsOf, type TeamSum, type Totals } from "../receipts/sums";
import { INCOMPLETE, SECTIONS, TOKENS_TEAM } from "../receipts/words";
import { PLAIN } from "./table";

/** A table of the purchases, the totals below it, and below them what is not in the totals. */
export function receiptsText(purchases: readonly Purchase[], source: string): string {
  if (purchases.length === 0) return `No purchase on record in ${printable(source)}.\n`;
  const { several } = placesOf(purchases);
  const columns: { head: string; right?: true; of: (one: Purchase) => string | undefined }[] = [
    { head: "outcome", of: resultOf },
    { head: "date", of: ({ time }) => time?.slice(0, 10) },
    ...(several
      ? [
          { head: "project", of: ({ project }: Purchase) => project },
          { head: "stack", of: ({ stack }: Purchase) => stack },
        ]
      : []),
    { head: "purchase", of: ({ name }) => name },
    { head: "team", of: ({ team }) => team ?? TOKENS_TEAM },
    { head: "credits", of: ({ creditType }) => creditType },
    { head: "ordered", right: true, of: orderedOf },
    { head: "total", right: true, of: chargedOf },
    { head: "intent", of: ({ intentId }) => intentId },
  ];
  const table = new Table({
    head: columns.map(({ head }) => head),
    ...PLAIN,
    colAligns: columns.map(({ right }) => (right ? "right" : "left")),
  });
  for (const one of purchases) {
    const cells = columns.map(({ of }) => printable(of(one) ?? "", 80));
    const style = STYLES[one.outcome];
    table.push(style === undefined ? cells : cells.map((cell) => styleText(style, cell)));
  }
  const altered = purchases.filter((one) => one.altered !== undefined);
  const notes = altered.map(
    (one) =>
      `${printable(one.name ?? "?", 100)} is listed as unknown, because its record was altered: ${one.altered}.`,
  );
  return `${table}\n\n${[...summaryOf(purchases), ...notes].join("\n")}\n`;
}

function resultOf(one: Purchase): string {
  return `${outcomeInWords(one)}${one.sandbox === undefined ? "" : ", at the sandbox"}`;
}

/** `$100.00`, as ordered. */
export function orderedOf(one: Purchase): string | undefined {
  if (one.amount !== undefined) return dollars(one.amount);
  return isSecret(one, "amount") ? "[secret]" : undefined;
}

/** `100.00 usd`, as answered. */
function chargedOf({ total, currency = "" }: Purchase): string | undefined {
  return total === undefined ? undefined : `${total} ${currency}`.trim();
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
  const sums = sumsOf(purchases);
  const { charged, withoutTotal, secretTotal, hidden, byTeam } = sums;
  const nothing = charged.length + withoutTotal.length + secretTotal.length + hidden.length === 0;
  return [
    ...charged.map((sum) => `Charged: ${sumInWords(sum)}`),
    ...(byTeam.length > charged.length ? byTeam.map((sum) => `  ${ofTeam(sum)}: ${sumInWords(sum)}`) : []),
    ...(nothing ? ["Charged: nothing"] : []),
    ...notInTotals(sums),
    ...sandboxLines(sums),
  ];
}

/** `137.00 usd (3)` */
function sumInWords({ total, currency, purchases, incomplete }: Sum): string {
  return `${total} ${printable(currency)} (${purchases})${incomplete ? ", incomplete" : ""}`;
}

function ofTeam({ team = TOKENS_TEAM }: TeamSum): string {
  return printable(team, 80);
}

function notInTotals({ withoutTotal, secretTotal, hidden, separate }: Totals): string[] {
  const line = (what: string, these: readonly Purchase[]) =>
    these.length === 0 ? [] : [`${what} (not in the totals): ${ordered(these)}`];
  return [
    ...line("Charged, without a total in Vercel's answer", withoutTotal),
    ...line("Charged, with a total that is secret here", secretTotal),
    ...line("Earlier attempts or outcomes that are secret here", hidden),
    ...(secretTotal.length + hidden.length > 0 ? [INCOMPLETE] : []),
    ...SEPARATE.flatMap((outcome) => line(SECTIONS[outcome].title, separate[outcome])),
  ];
}

function ordered(these: readonly Purchase[]): string {
  const amounts = these.map(({ amount }) => amount).filter((amount) => amount !== undefined);
  const sum = dollars(amounts.reduce((total, amount) => total + amount, 0));
  return `${these.length}${amounts.length === these.length ? `, ${sum} ordered` : ""}`;
}

function sandboxLines({ sandbox }: Sums): string[] {
  const lines = notInTotals(sandbox);
  return [
    ...sandbox.charged.map((sum) => `${SECTIONS.sandbox.title}: ${sumInWords(sum)}`),
    ...(lines.length > 0 ? ["At the sandbox, too:", ...lines.map((line) => `  ${line}`)] : []),
  ];
}
