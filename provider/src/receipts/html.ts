import { html, raw } from "hono/html";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { outcomeInWords } from "../domain/outcome-in-words";
import { chart } from "./chart";
import { listingOf, type Purchase } from "./purchases";
import { hasTotal, SEPARATE, type Sums, sumsOf } from "./sums";

const COLUMNS = ["Date", "Purchase", "Team", "Credits", "Ordered", "Total", "Tax", "Outcome", "Intent"];

/** The sections of what is not in the totals. */
const SECTIONS: Record<keyof Sums["separate"], { title: string; says: string }> = {
  unknown: { title: "Unknown", says: "Nobody knows whether these charged the card." },
  pending: { title: "Pending", says: "Vercel took these orders, and had not said how they ended." },
  checkout: {
    title: "Checkout",
    says: "These were not charged, and can still be paid at Vercel's checkout.",
  },
  adopted: { title: "Adopted", says: "A person recorded these. What they cost is not known here." },
};

/** One page that needs nothing else: what was bought, a chart of it, and what is not certain in sections of its own. */
export function pageOf(purchases: readonly Purchase[], source: string): string {
  const { charged, withoutTotal, separate } = sumsOf(purchases);
  const bought = purchases.filter((one) => listingOf(one) === "total");
  return `${html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Vercel credits: receipts</title>
<style>${raw(STYLE)}</style>
<h1>Vercel credits: receipts</h1>
<p class="source">From ${printable(source, 300)}.</p>
<h2>Charged</h2>
${
  charged.length === 0
    ? html`<p>Nothing was charged, as far as is on record.</p>`
    : charged.map(
        ({ currency, total, purchases: count }) =>
          html`<p class="sum"><strong>${total} ${printable(currency)}</strong> in ${count} ${count === 1 ? "purchase" : "purchases"}</p>
${chart(bought.filter(hasTotal).filter((one) => one.currency === currency))}`,
      )
}
${bought.length > 0 ? table(bought) : ""}
${withoutTotal.length > 0 ? html`<p>${withoutTotal.length} of these had no total in Vercel's answer, and ${withoutTotal.length === 1 ? "is" : "are"} not in the totals.</p>` : ""}
${SEPARATE.map((outcome) => section(SECTIONS[outcome], separate[outcome]))}
</html>`}\n`;
}

function section({ title, says }: { title: string; says: string }, purchases: readonly Purchase[]) {
  if (purchases.length === 0) return "";
  return html`<h2>${title}</h2>\n<p>${says} Not in the totals.</p>\n${table(purchases)}`;
}

function table(purchases: readonly Purchase[]) {
  return html`<table>
<thead><tr>${COLUMNS.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${purchases.map(
    (one) => html`
<tr>${cellsOf(one).map((cell) => html`<td>${printable(cell, 200)}</td>`)}</tr>`,
  )}
</tbody>
</table>`;
}

function cellsOf(one: Purchase): string[] {
  return [
    one.time?.slice(0, 10) ?? "",
    one.name ?? "",
    one.team ?? "(the token's own)",
    one.creditType ?? "",
    one.amount === undefined ? "" : dollars(one.amount),
    one.total === undefined ? "" : `${one.total} ${one.currency ?? ""}`,
    one.tax ?? "",
    outcomeInWords(one),
    one.intentId ?? "",
  ];
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; color: #111; background: #fff; }
.source { color: #555; }
.sum { font-size: 1.2rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
th { color: #555; }
svg { max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: #333; }
@media print { body { max-width: none; } }
`;
