import { html } from "hono/html";
import { FAULTS } from "./faults";

/** The page in the browser. What it shows is filled in as text, never as HTML. */
export const PAGE = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Vercel credits sandbox</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #111; }
  .banner { background: #fff3c4; border: 1px solid #e0b100; border-radius: 6px; padding: .5rem 1rem; font-weight: 600; }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
  th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; }
  th { font-weight: 600; color: #555; }
  td.money, th.money { text-align: right; font-variant-numeric: tabular-nums; }
  code, td.id { font-family: ui-monospace, monospace; font-size: .9em; }
  td.id, td.team { overflow-wrap: anywhere; }
  select { max-width: 100%; }
  select, button { font: inherit; padding: .3rem .6rem; }
  #empty { color: #666; }
</style>
<h1>Vercel credits sandbox</h1>
<p class="banner">No money moves here. These charges are made up.</p>
<p id="sum" aria-live="polite"></p>
<table>
  <thead><tr><th>Time<th>Team<th>Credits<th class="money">Amount<th>Intent</tr></thead>
  <tbody id="charges"></tbody>
</table>
<p id="empty">No charge yet.</p>
<form id="next">
  <label>The next request: <select id="fault">
    ${Object.entries(FAULTS).map(([fault, { says }]) => html`<option value="${fault}">${says} (${fault})</option>`)}
  </select></label>
  <button>Make it so</button> <output id="said"></output>
</form>
<script>
  const $ = (id) => document.getElementById(id);
  const dollars = (amount) => amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
  async function refresh() {
    try {
      const charges = await (await fetch("/sandbox/charges")).json();
      $("charges").replaceChildren(...charges.toReversed().map((charge) => {
        const row = document.createElement("tr");
        const cells = [new Date(charge.time).toLocaleString(), charge.team, charge.creditType, dollars(charge.amount), charge.intentId];
        cells.forEach((text, i) => {
          const cell = row.insertCell();
          cell.textContent = text;
          cell.className = ["", "team", "", "money", "id"][i];
        });
        return row;
      }));
      $("empty").hidden = charges.length > 0;
      $("sum").textContent = charges.length + (charges.length === 1 ? " charge, " : " charges, ")
        + dollars(charges.reduce((sum, { amount }) => sum + amount, 0)) + " in all";
    } catch {
      $("sum").textContent = "The sandbox has ended.";
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
