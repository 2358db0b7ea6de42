/**
 * What the pages look like: those of the receipts and of the sandbox. Figures, dates and words stay whole; names and ids
 * alone break, wherever they must. On a narrow screen each row of a table is a card of its own, with its cells' `data-label`.
 * Printed, it is light.
 */
export const STYLE = `
:root { color-scheme: light dark; --text: #1a1a1a; --muted: #5a5f66; --page: #fff; --card: #f6f7f9; --line: #dcdfe4;
  --warn-page: #fff4cf; --warn-line: #d9a400; --warn-text: #4a3800;
  --s0: #0072b2; --s1: #e69f00; --s2: #009e73; --s3: #cc79a7; --s4: #56b4e9; --s5: #d55e00; --s6: #8a8f98; }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e8eaed; --muted: #a3a9b3; --page: #15171a; --card: #1f2226; --line: #383d44;
    --warn-page: #3a2f0a; --warn-line: #b98d00; --warn-text: #ffe9a8; --s0: #3b9ddb; --s2: #1fb98d; --s5: #f07a2f; }
}
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem; color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 .5rem; }
.muted { color: var(--muted); }
.name, .id { overflow-wrap: anywhere; }
.name { min-width: 8rem; }
.id { display: block; font: .8rem/1.4 ui-monospace, monospace; color: var(--muted); }
.money, .date, .whole, th { white-space: nowrap; }
.money { text-align: right; font-variant-numeric: tabular-nums; }
.currency { text-transform: uppercase; font-size: .85em; }
code { font: .9em ui-monospace, monospace; }
.note { background: var(--warn-page); border: 1px solid var(--warn-line); color: var(--warn-text); border-radius: 6px; padding: .5rem .8rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 600; font-size: .9rem; }
th.money { text-align: right; }
td:first-child, th:first-child { padding-left: 0; }
td:last-child, th:last-child { padding-right: 0; }
tfoot td { font-weight: 600; border-bottom: 0; }
@media screen and (max-width: 60rem) {
  body { padding: 1rem; }
  table.cards, .cards tbody { display: block; }
  .cards thead { display: none; }
  .cards tr { display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; margin: 0 0 .6rem; }
  .cards td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0; text-align: right; min-width: 0; }
  .cards td::before { content: attr(data-label); color: var(--muted); white-space: nowrap; text-align: left; }
  .cards td.title { order: -1; text-align: left; font-weight: 600; }
  .cards td.title::before { content: none; }
  .cards td > span { min-width: 0; overflow-x: auto; }
  .cards td:not(:has(> span)) { display: none; }
}
@media print {
  @page { margin: 12mm; }
  html { font-size: 9.5pt; }
  body { font-size: 1rem; max-width: none; padding: 0; }
  .name { min-width: 5rem; }
  th, td { padding: .25rem .4rem; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  * { print-color-adjust: exact; }
}
`;
