import { readFileSync } from "node:fs";
import { readBalance } from "../balances/balance";
import { compare, type Evidence, type Snapshot, snapshotOf, snapshotSchema } from "../balances/evidence";
import { billingPage, MAYBE_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import type { CreditType } from "../domain/order-arguments";
import { creditsFor } from "../domain/order-arguments";
import { request } from "../http/request";
import { FileStore } from "../journal/file-store";
import { othersSince, readOrders, type Try, tryOf } from "../journal/tries";
import { resourcesOf } from "../receipts/purchases";
import { BALANCES, Settings } from "../settings";
import { journalFolder } from "./journal-folder";

interface Options {
  readonly folder?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** `pulumi-vercel-credits investigate ORDER`: what the balance suggests about a purchase that nobody knows the end of. */
export async function investigate(beginning: string, { folder, state, json }: Options): Promise<void> {
  const tries = await readTries(folder);
  const all = state === undefined ? tries : [...triesOfStack(state), ...tries];
  const matching = all.filter(({ order }) => order.startsWith(beginning));
  const orders = new Set(matching.map(({ order }) => order));
  if (orders.size > 1) throw new Error(`${printable(beginning)} is the beginning of several orders`);
  // The journal's word comes last: it may know the end where the state doesn't.
  const found = matching.at(-1);
  if (found === undefined) {
    const where =
      state === undefined
        ? "the journal (--state FILE reads a stack's export, too)"
        : "the journal and that state";
    throw new Error(`${where} knows no order ${printable(beginning)}`);
  }
  const { verdict, says } = found.unresolved ? await evidenceOf(found, tries) : settled(found);
  if (json)
    return console.log(
      JSON.stringify({ order: found.order, verdict, says, before: found.balance }, undefined, 2),
    );
  console.log(printable(`${describe(found)}`, 500));
  console.log(says);
  if (found.unresolved) console.log(`\n${waysOut(found)}`);
}

/** What the balance suggests about an unresolved try. Never throws: where nothing can be compared it says why. */
export async function evidenceOf(one: Try, tries: readonly Try[]): Promise<Evidence> {
  const cannot = (why: string): Evidence => ({
    verdict: "can't tell",
    says: `The balance can't tell whether it was charged: ${why}.`,
  });
  const { balance: before, amount, creditType } = one;
  if (creditType === "agent") return cannot("there is none to read for Agent credits");
  if (before === undefined || amount === undefined) {
    const key =
      creditType === undefined ? "no key" : `${BALANCES[creditType as Snapshot["creditType"]]?.key} was not`;
    return cannot(`none was kept when its order was opened (${key} set, or it could not be read)`);
  }
  try {
    const source = new Settings(() => undefined).balanceSource(before.creditType);
    if (source === undefined) return cannot(`set ${BALANCES[before.creditType].key} to read it now`);
    const now = snapshotOf(before.creditType, await readBalance(before.creditType, source, request));
    return compare(amount, before, now, { ...othersSince(tries, one, before.at), isComplete: true });
  } catch (error) {
    return cannot(printable((error as Error).message, 300));
  }
}

async function readTries(folder: string | undefined): Promise<Try[]> {
  const from = await journalFolder(folder);
  return (await readOrders(new FileStore(from))).map(tryOf).filter((one) => one !== undefined);
}

const ORDER_TYPE = "pulumi-nodejs:dynamic/vercel:PurchaseOrder";

/** The orders of a stack, as far as it knows how they ended. */
function triesOfStack(file: string): Try[] {
  const resources = resourcesOf(readFileSync(file === "-" ? 0 : file, "utf8"));
  return resources
    .filter(({ type }) => type === ORDER_TYPE)
    .map(({ urn, outputs = {} }) => {
      const purchase = resources.find(
        (one) => one.urn === urn.replace("vercel:PurchaseOrder", "vercel:CreditPurchase"),
      );
      const { orderId, __label, team, creditType, attempt, __journal } = outputs as Record<string, never>;
      const amount = typeof outputs.amount === "number" ? outputs.amount : undefined; // else it is a secret
      const { orderId: under, status, intentId, time } = (purchase?.outputs ?? {}) as Record<string, never>;
      const isKnown = under === orderId && status !== undefined && status !== "unknown";
      return {
        order: `${orderId}`,
        ...{
          name: __label,
          team,
          creditType,
          amount,
          attempt,
          status: under === orderId ? status : undefined,
        },
        ...{ intentId, time, unresolved: !isKnown },
        balance: snapshotSchema.safeParse((__journal as { balance?: unknown } | undefined)?.balance).data,
      };
    });
}

function describe({
  order,
  name,
  amount,
  creditType,
  team,
  time,
  status = "no answer recorded",
}: Try): string {
  const what =
    amount === undefined
      ? "a purchase"
      : `${dollars(amount)} of ${creditsFor(creditType as CreditType, team)}`;
  return `${order} (${name ?? "?"}): ${what}${time === undefined ? "" : `, sent ${time}`}: ${status}.`;
}

function settled({ status, intentId, adopted, next }: Try): { verdict: string; says: string } {
  const how =
    adopted !== undefined
      ? `it was adopted as ${adopted}`
      : next !== undefined
        ? `a person gave it up, and ${next} was opened in its place`
        : `it is ${status}${intentId === undefined ? "" : ` (${intentId})`}`;
  return { verdict: "settled", says: printable(`There is nothing to find out: ${how}.`) };
}

function waysOut({ team, attempt = 1 }: Try): string {
  return (
    `${MAYBE_CHARGED} That is a hint; you decide. Look for the purchase on ${billingPage(team)}, then settle it in the program:\n` +
    '  it was charged:      adopt: "<its intent or invoice id>"\n' +
    `  it was not charged:  attempt: ${attempt + 1}   (buys it again)`
  );
}
