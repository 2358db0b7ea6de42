import { html } from "hono/html";
import { printable } from "../domain/messages";
import { money } from "./money";
import { type Priced, totalOf } from "./sums";
import { TOKENS_TEAM } from "./words";

/** How many bars are told apart by colour, in print and by the colour-blind (Okabe and Ito). The others share the last. */
const SERIES = 7;

/**
 * What was charged by month in one currency: a bar for each month with its exact sum, in parts by team and credit type.
 * The bars lie, so that one month and ten years of them, and the narrowest screen, have room for the figures.
 */
export function chart(purchases: readonly Priced[], isIncomplete: boolean) {
  const dated = purchases.filter(({ time }) => time !== undefined && !Number.isNaN(Date.parse(time)));
  const months = monthsOf(dated);
  const [first] = dated;
  if (first === undefined) return "";
  const series = seriesOf(dated);
  const byMonth = Map.groupBy(dated, monthOf);
  const rows = months.map((month) => {
    const these = byMonth.get(month) ?? [];
    const bySeries = Map.groupBy(these, series.of);
    const parts = series.names.map((name) => totalOf(bySeries.get(name) ?? []));
    return { month, total: totalOf(these), parts };
  });
  // Lengths need no exactness; the figures beside them are exact.
  const length = (decimal: string) => Math.max(0, Number(decimal));
  const highest = Math.max(...rows.map(({ parts }) => parts.reduce((sum, one) => sum + length(one), 0))) || 1;
  const undated = purchases.length - dated.length;
  return html`<h3>By month${isIncomplete ? ", incomplete" : ""}</h3>
<div class="fit"><table class="chart">
<tbody>${rows.map(({ month, total, parts }) => {
    let x = 0;
    const bars = parts.map((part, index) => {
      const width = (length(part) / highest) * 100;
      const at = x;
      x += width;
      return width === 0
        ? ""
        : html`<rect x="${at.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%" class="s${index}"><title>${month}: ${part} for ${series.names[index]}</title></rect>`;
    });
    return html`
<tr><th scope="row" class="date">${month}</th><td class="bar"><svg width="100%" height="18" role="img" aria-label="${month}: ${total}">${bars}</svg></td><td class="money">${byMonth.has(month) ? money(total, first.currency) : html`<span class="muted">–</span>`}</td></tr>`;
  })}
</tbody>
</table></div>
<ul class="legend">${series.names.map((name, index) => html`<li><span class="swatch s${index}"></span><span class="name">${name}</span></li>`)}</ul>
${undated > 0 ? html`<p class="muted">${undated} of these ${undated === 1 ? "has" : "have"} no date, and ${undated === 1 ? "is" : "are"} not in the chart.</p>` : ""}`;
}

export const CHART_STYLE = `
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
.chart td, .chart th { border: 0; padding: .15rem 0; vertical-align: middle; }
.chart th { font-variant-numeric: tabular-nums; padding-right: .75rem; }
.chart .bar { width: 100%; min-width: 4rem; border-left: 1px solid var(--line); padding: .15rem .75rem .15rem 0; }
.chart svg { display: block; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .5rem 0; font-size: .9rem; }
.legend li { display: flex; align-items: baseline; gap: .4rem; min-width: 0; }
.legend .name { min-width: 0; }
.swatch { width: .75rem; height: .75rem; flex: none; }
${Array.from({ length: SERIES }, (_, index) => `.s${index} { fill: var(--s${index}); background: var(--s${index}); }`).join("\n")}
`;

/** The teams and credit types with the most, and one for all others where there are more than colours. */
function seriesOf(purchases: readonly Priced[]) {
  const groups = [...Map.groupBy(purchases, seriesName)]
    .map(([name, these]) => ({ name, length: Number(totalOf(these)) }))
    .toSorted((a, b) => b.length - a.length || a.name.localeCompare(b.name, "en"))
    .map(({ name }) => name);
  if (groups.length <= SERIES) return { names: groups, of: seriesName };
  const own = groups.slice(0, SERIES - 1);
  const others = `${groups.length - own.length} others`;
  return {
    names: [...own, others],
    of: (one: Priced) => (own.includes(seriesName(one)) ? seriesName(one) : others),
  };
}

function seriesName({ team, creditType }: Priced): string {
  return printable(`${team ?? TOKENS_TEAM}, ${creditType ?? "?"}`, 100);
}

function monthOf({ time = "" }: Priced): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** More months than a chart can show: then those without a purchase are left out. */
const MOST_MONTHS = 120;

/** Every month from the first purchase to the last, as `2026-11`. */
function monthsOf(purchases: readonly Priced[]): string[] {
  const bought = [...new Set(purchases.map(monthOf))].sort();
  const [first] = bought;
  const last = bought.at(-1);
  if (first === undefined || last === undefined) return [];
  const months: string[] = [];
  const month = new Date(`${first}-01T00:00:00Z`);
  while (month.toISOString().slice(0, 7) <= last && months.length <= MOST_MONTHS) {
    months.push(month.toISOString().slice(0, 7));
    month.setUTCMonth(month.getUTCMonth() + 1);
  }
  return months.length > MOST_MONTHS ? bought : months;
}
