import { html } from "hono/html";
import { printable } from "../domain/messages";

/** A currency has three letters; whatever else stands there must not break a page. */
const LONGEST_CURRENCY = 6;

/** `1,137.00 usd` as a page shows it: nothing is rounded, and it never breaks. */
export function money(decimal: string, currency: string | undefined) {
  const amount = printable(decimal, 70).replace(/^-?\d+/, grouped);
  return html`${amount}${currency === undefined || currency === "" ? "" : html` <span class="currency">${printable(currency, LONGEST_CURRENCY)}</span>`}`;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}
