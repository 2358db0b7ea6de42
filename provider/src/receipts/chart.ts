import { html } from "hono/html";
import { printable } from "../domain/messages";
import { type Priced, totalOf } from "./sums";

const WIDTH = 800;
const HEIGHT = 220;
const LEFT = 70;
const BASE = 180;
const TOP = 15;

/** Told apart in print and by the colour-blind (Okabe and Ito); more series than these share them. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999"];

/** What was charged by month, stacked by team and credit type, in one currency. */
export function chart(purchases: readonly Priced[]) {
  const dated = purchases.filter(({ time }) => time !== undefined && !Number.isNaN(Date.parse(time)));
  const months = monthsOf(dated);
  if (months.length === 0) return "";
  const series = [...new Set(dated.map(seriesOf))].sort();
  const sums = months.map((month) => {
    const inMonth = dated.filter((one) => monthOf(one) === month);
    return series.map((name) => totalOf(inMonth.filter((one) => seriesOf(one) === name)));
  });
  // Lengths in pixels need no exactness; the labels have the exact sums.
  const highest = Math.max(
    ...sums.map((month) => month.reduce((sum, one) => sum + Math.max(0, Number(one)), 0)),
    1,
  );
  const step = (WIDTH - LEFT) / months.length;
  const width = Math.min(step * 0.7, 60);
  const colour = (index: number) => COLOURS[index % COLOURS.length];
  const everyNth = Math.ceil(months.length / 12);
  const bars = months.map((month, column) => {
    let y = BASE;
    const x = LEFT + column * step + (step - width) / 2;
    const parts = series.map((name, index) => {
      const total = sums[column]?.[index] ?? "0";
      const height = (Math.max(0, Number(total)) / highest) * (BASE - TOP);
      y -= height;
      return height === 0
        ? ""
        : html`<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${colour(index)}"><title>${month}: ${total} for ${name}</title></rect>`;
    });
    const label =
      column % everyNth === 0
        ? html`<text x="${(x + width / 2).toFixed(1)}" y="${BASE + 18}" text-anchor="middle">${month}</text>`
        : "";
    return html`${parts}${label}`;
  });
  const legend = series.map(
    (name, index) =>
      html`<rect x="${LEFT}" y="${HEIGHT + index * 20}" width="12" height="12" fill="${colour(index)}"/><text x="${LEFT + 18}" y="${HEIGHT + 11 + index * 20}">${name}</text>`,
  );
  const height = HEIGHT + series.length * 20;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="What was charged by month, by team and credit type">
<line x1="${LEFT}" y1="${BASE}" x2="${WIDTH}" y2="${BASE}" stroke="#999"/>
<text x="${LEFT - 6}" y="${BASE + 4}" text-anchor="end">0</text>
<text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${Math.round(highest).toLocaleString("en-US")}</text>
${bars}
${legend}
</svg>`;
}

function seriesOf({ team, creditType }: Priced): string {
  return printable(`${team ?? "(the token's own)"}, ${creditType ?? "?"}`, 100);
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
