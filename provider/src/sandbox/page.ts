import { html, raw } from "hono/html";
import { STYLE } from "../pages/style";
import { FAULTS, GROUPS } from "./faults";

const PAGE_STYLE = `
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 2rem; margin: 0 0 1rem; }
.top p { margin: 0; }
.top .note { font-weight: 600; flex: 1 1 18rem; }
.sum strong { font-size: clamp(1.6rem, 8vw, 2.25rem); line-height: 1.1; }
.start { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; }
.start p { margin: 0 0 .5rem; }
.start pre { font: .9rem/1.6 ui-monospace, monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.code { font-family: ui-monospace, monospace; font-size: .9rem; }
@media screen and (max-width: 30rem) { .start pre { font-size: .72rem; } }
form { display: flex; flex-wrap: wrap; align-items: end; gap: .5rem .75rem; margin: 1.5rem 0 0; }
form label { display: grid; gap: .25rem; min-width: 0; max-width: 100%; }
select, button { font: inherit; padding: .35rem .6rem; max-width: 100%; min-width: 0; }
output { overflow-wrap: anywhere; }
[hidden] { display: none; }
`;

const faultsOf = (group: string) => Object.entries(FAULTS).filter(([, fault]) => fault.group === group);

/** The page in the browser. What it shows is filled in as text, never as HTML. */
export const PAGE = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vercel credits sandbox</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE + PAGE_STYLE)}</style>
<h1>Vercel credits sandbox</h1>
<div class="top">
  <p class="sum" aria-live="polite"><strong class="money" id="sum"></strong> <span class="whole" id="count"></span></p>
  <p class="note">No money moves here. These charges are made up.</p>
</div>
<p class="note" id="ended" hidden>The sandbox has ended.</p>
<div class="start" id="empty">
  <p>No charge yet. In the shell that runs <code>pulumi up</code>:</p>
  <pre id="exports"></pre>
</div>
<table class="cards" id="table" hidden>
  <thead><tr><th class="money">No.<th>Time<th>Team<th>Credits<th class="money">Amount<th>Source<th>Intent</tr></thead>
  <tbody id="charges"></tbody>
</table>
<form id="next">
  <label>The next request: <select id="fault">
    ${Object.entries(GROUPS).map(
      ([group, title]) => html`<optgroup label="${title}">
      ${faultsOf(group).map(([fault, { says }]) => html`<option value="${fault}">${says} (${fault})</option>`)}
    </optgroup>`,
    )}
  </select></label>
  <button>Make it so</button> <output id="said"></output>
</form>
<script>
  const $ = (id) => document.getElementById(id);
  const dollars = (amount) => amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
  const columns = [
    ["No.", "money", (charge, number) => String(number)],
    ["Time", "date", ({ time }) => new Date(time).toLocaleString()],
    ["Team", "name title", ({ team }) => team],
    ["Credits", "whole", ({ creditType }) => creditType],
    ["Amount", "money", ({ amount }) => dollars(amount)],
    ["Source", "name", ({ source }) => source],
    ["Intent", "code whole", ({ intentId }) => intentId],
  ];
  function rowOf(charge, number) {
    const row = document.createElement("tr");
    for (const [label, kind, textOf] of columns) {
      const cell = row.insertCell();
      cell.className = kind;
      cell.dataset.label = label;
      const span = document.createElement("span");
      span.textContent = textOf(charge, number);
      cell.append(span);
    }
    return row;
  }
  $("exports").textContent = "export VERCEL_API_URL=" + location.origin + "\\nexport VERCEL_API_TOKEN=sandbox";
  async function refresh() {
    try {
      const charges = await (await fetch("/sandbox/charges")).json();
      $("charges").replaceChildren(...charges.map((charge, i) => rowOf(charge, i + 1)).reverse());
      $("empty").hidden = charges.length > 0;
      $("table").hidden = charges.length === 0;
      $("sum").textContent = dollars(charges.reduce((sum, { amount }) => sum + amount, 0));
      $("count").textContent = "in " + charges.length + (charges.length === 1 ? " charge" : " charges");
      $("ended").hidden = true;
    } catch {
      $("ended").hidden = false;
    }
    setTimeout(refresh, 1000);
  }
  $("next").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch("/sandbox/next", { method: "POST", body: JSON.stringify({ fault: $("fault").value }) });
    $("said").textContent = answer.ok ? "Next: " + (await answer.json()).next : "That did not work.";
  });
  refresh();
</script>
</html>`;
