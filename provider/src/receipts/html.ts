import { html, raw } from "hono/html";
import { printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { outcomeInWords } from "../domain/outcome-in-words";
import { STYLE } from "../pages/style";
import { CHART_STYLE, chart } from "./chart";
import { money } from "./money";
import { placesOf } from "./places";
import { listingOf, type Purchase } from "./purchases";
import { hasTotal, isSecret, SEPARATE, type Sum, sumsOf, type Totals } from "./sums";
import { INCOMPLETE, SECTIONS, TOKENS_TEAM } from "./words";

/** What a page says of where its purchases are from. */
export interface Origin {
  /** Where they were read, for people. */
  readonly source: string;
  /** Which of them were asked for, where that isn't all. */
  readonly filter?: string | undefined;
  /** When. */
  readonly date: Date;
}

/** One page that needs nothing else: what was bought, a chart of it, and what is not certain in sections of its own. */
export function pageOf(purchases: readonly Purchase[], origin: Origin): string {
  const { sandbox, ...sums } = sumsOf(purchases);
  const real = purchases.filter((one) => one.sandbox === undefined);
  const atSandbox = purchases.filter((one) => one.sandbox !== undefined && listingOf(one) !== "not charged");
  const { several } = placesOf(purchases);
  return `${html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Vercel credits: receipts</title>
<style>${raw(STYLE + CHART_STYLE + RECEIPTS_STYLE)}</style>
<h1>Vercel credits: receipts</h1>
${head(purchases, origin)}
<h2>Charged</h2>
${chargedPart(real, sums, several)}
${SEPARATE.map((outcome) => separatePart(outcome, sums.separate[outcome], several))}
${atSandbox.length > 0 ? sandboxPart(atSandbox, sandbox, several) : ""}
</html>`}\n`;
}

function head(purchases: readonly Purchase[], { source, filter, date }: Origin) {
  const { projects, stacks } = placesOf(purchases);
  const times = purchases.map(({ time }) => time).filter((time) => time !== undefined);
  const [first, last] = [times[0], times.at(-1)].map((time) => time?.slice(0, 10));
  const period = first === last ? first : `${first} to ${last}`;
  const facts = [
    [projects.length > 1 ? "Projects" : "Project", projects.join(", "), "name"],
    [stacks.length > 1 ? "Stacks" : "Stack", stacks.join(", "), "name"],
    ["Purchases", period, "date"],
    ["Only", filter, "name"],
    ["As of", date.toISOString().slice(0, 10), "date"],
    ["From", source, "name"],
  ] as const;
  return html`<dl class="facts">${facts
    .filter(([, value]) => value !== undefined && value !== "")
    .map(
      ([what, value = "", kind]) => html`
<div><dt>${what}</dt><dd class="${kind}">${printable(value, 300)}</dd></div>`,
    )}
</dl>`;
}

function chargedPart(purchases: readonly Purchase[], totals: Totals, several: boolean) {
  const { charged, withoutTotal, secretTotal, hidden } = totals;
  const bought = purchases.filter((one) => listingOf(one) === "total");
  const incomplete = secretTotal.length + hidden.length > 0;
  const some = withoutTotal.length;
  return html`${
    bought.length === 0
      ? html`<p>Nothing was charged, as far as is on record.</p>`
      : charged.map((sum) => {
          const { currency } = sum;
          const of = (one: { currency?: string }) => one.currency === currency;
          return html`${sumLine(sum)}
${teamTable(totals, sum)}
${chart(bought.filter(hasTotal).filter(of), sum.incomplete === true)}`;
        })
  }
${incomplete ? INCOMPLETE_NOTE : ""}
${some > 0 ? html`<p class="note">${some} of these had no total in Vercel's answer, and ${some === 1 ? "is" : "are"} not in the totals.</p>` : ""}
${bought.length > 0 ? html`<h3>Purchases</h3>${table(bought, { several })}` : ""}`;
}

const INCOMPLETE_NOTE = html`<p class="note">${INCOMPLETE.split("`").map((part, i) => (i % 2 === 1 ? html`<code class="whole">${part}</code>` : part))}</p>`;

function sumLine({ total, currency, purchases, incomplete }: Sum) {
  return html`<p class="sum"><strong class="money">${money(total, currency)}</strong> <span class="whole">in ${purchases} ${purchases === 1 ? "purchase" : "purchases"}${incomplete ? ", incomplete" : ""}</span></p>`;
}

/** By team and credit type: a row for each team, the kinds of credits below it where it has several, and the sum of all. */
function teamTable({ byTeam, byTeamAndCreditType }: Totals, all: Sum) {
  const inCurrency = ({ currency }: Sum) => currency === all.currency;
  const row = (team: string, credits: string, sum: Sum, kind: "team" | "part" | "all") => html`
<tr class="${kind}"><td class="name">${printable(team, 200)}</td><td class="whole">${printable(credits, 40)}</td><td class="money count">${sum.purchases}</td><td class="money">${money(sum.total, sum.currency)}${sum.incomplete ? html`<br><span class="muted">incomplete</span>` : ""}</td></tr>`;
  const rows = byTeam.filter(inCurrency).map((team) => {
    const parts = byTeamAndCreditType.filter((part) => inCurrency(part) && part.team === team.team);
    const [only] = parts;
    const credits = parts.length === 1 ? (only?.creditType ?? "?") : "";
    const below = parts.length === 1 ? [] : parts;
    return html`${row(team.team ?? TOKENS_TEAM, credits, team, "team")}${below.map((part) => row("", part.creditType ?? "?", part, "part"))}`;
  });
  return html`<h3>By team and credit type</h3>
<div class="fit"><table class="teams">
<thead><tr><th scope="col">Team</th><th scope="col">Credits</th><th scope="col" class="money count">Purchases</th><th scope="col" class="money">Charged</th></tr></thead>
<tbody>${rows}
</tbody>
<tfoot>${row("All", "", all, "all")}</tfoot>
</table></div>`;
}

function separatePart(outcome: (typeof SEPARATE)[number], purchases: readonly Purchase[], several: boolean) {
  if (purchases.length === 0) return "";
  const { title, says } = SECTIONS[outcome];
  return html`<h2>${title}</h2>
<p>${says} Not in the totals.</p>
${table(purchases, { several, outcome: true })}`;
}

function sandboxPart(purchases: readonly Purchase[], totals: Totals, several: boolean) {
  const { title, says } = SECTIONS.sandbox;
  const isIncomplete = totals.secretTotal.length + totals.hidden.length > 0;
  return html`<section class="sandbox"><h2>${title}</h2>
<p>${says} Not in the totals.</p>
${totals.charged.map(sumLine)}
${isIncomplete ? INCOMPLETE_NOTE : ""}
${table(purchases, { several, outcome: true })}</section>`;
}

interface Columns {
  /** Whether each has to say which project and stack it is from. */
  readonly several: boolean;
  /** Whether each has to say what it came to. */
  readonly outcome?: true;
}

type Content = string | ReturnType<typeof html>;

interface Column {
  readonly head: string;
  readonly kind: "date" | "name" | "name title" | "whole" | "money" | "";
  readonly of: (one: Purchase) => Content | undefined;
}

const PLACE: Column[] = [
  { head: "Project", kind: "name", of: ({ project }) => project && printable(project, 200) },
  { head: "Stack", kind: "name", of: ({ stack }) => stack && printable(stack, 200) },
];
const OUTCOME: Column = { head: "Outcome", kind: "", of: (one) => printable(outcomeInWords(one), 100) };

function table(purchases: readonly Purchase[], { several, outcome }: Columns) {
  const all: Column[] = [
    { head: "Date", kind: "date", of: ({ time }) => time?.slice(0, 10) },
    ...(several ? PLACE : []),
    { head: "Purchase", kind: "name title", of: nameAndId },
    { head: "Team", kind: "name", of: ({ team }) => printable(team ?? TOKENS_TEAM, 200) },
    { head: "Credits", kind: "whole", of: ({ creditType = "" }) => printable(creditType, 40) },
    ...(outcome ? [OUTCOME] : []),
    { head: "Ordered", kind: "money", of: (one) => orderedOf(one) },
    { head: "Tax", kind: "money", of: (one) => moneyCell(one, "tax", false) },
    { head: "Total", kind: "money", of: (one) => moneyCell(one, "total", true) },
  ];
  const columns = all.filter(({ of }) => purchases.some((one) => (of(one) ?? "") !== ""));
  return html`<table class="cards">
<thead><tr>${columns.map(({ head, kind }) => html`<th scope="col" class="${kind}">${head}</th>`)}</tr></thead>
<tbody>${purchases.map(
    (one) => html`
<tr>${columns.map(({ head, kind, of }) => {
      const content = of(one);
      return html`<td class="${kind}" data-label="${head}">${content === undefined || content === "" ? "" : html`<span>${content}</span>`}</td>`;
    })}</tr>`,
  )}
</tbody>
</table>`;
}

function nameAndId({ name = "?", intentId }: Purchase): Content {
  const id = intentId === undefined ? "" : html`<span class="id">${printable(intentId, 200)}</span>`;
  return html`${printable(name, 200)}${id}`;
}

function orderedOf(one: Purchase): string | undefined {
  if (one.amount !== undefined) return dollars(one.amount);
  return isSecret(one, "amount") ? "secret" : undefined;
}

function moneyCell(one: Purchase, key: "tax" | "total", withCurrency: boolean): Content | undefined {
  if (isSecret(one, key)) return "secret";
  return one[key] === undefined ? undefined : money(one[key], withCurrency ? one.currency : undefined);
}

const RECEIPTS_STYLE = `
h2 + .sum { margin-top: .25rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; padding: .75rem 1rem; background: var(--card); border-radius: 6px; }
.facts div { min-width: 0; }
.facts dt { color: var(--muted); font-size: .85rem; }
.facts dd { margin: 0; font-weight: 600; min-width: 0; }
.sum { margin: 1.5rem 0 .25rem; overflow-x: auto; }
.sum strong { font-size: clamp(1.4rem, 6vw, 1.75rem); line-height: 1.2; }
.fit { overflow-x: auto; }
.teams { max-width: 44rem; }
.teams .team td { border-bottom-color: transparent; }
.teams .part td { border: 0; padding-top: 0; color: var(--muted); }
.teams .team ~ .team td, tfoot .all td { border-top: 1px solid var(--line); }
.sandbox { border: 2px dashed var(--warn-line); border-radius: 6px; padding: 0 1rem; margin-top: 2rem; }
.sandbox h2 { margin-top: 1rem; }
@media screen and (max-width: 30rem) {
  .teams .count { display: none; }
  .teams { font-size: .95rem; }
  .teams :is(td, th):not(:first-child, :last-child) { padding: .4rem .3rem; }
  .teams .name { min-width: 3.5rem; }
}
`;
