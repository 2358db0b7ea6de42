import { readBalance } from "../balances/balance";
import { compare, type Evidence, snapshotOf } from "../balances/evidence";
import { othersSince } from "../balances/others";
import { type Snapshot, snapshotSchema } from "../domain/balance-snapshot";
import { billingPage, MAYBE_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { type CreditType, creditsFor } from "../domain/order-arguments";
import { MEANING } from "../domain/outcome";
import { outcomeInWords } from "../domain/outcome-in-words";
import { ofSandbox } from "../domain/sandbox";
import { request } from "../http/request";
import type { JournaledPurchase } from "../journal/books";
import { Journal } from "../journal/journal";
import { resourcesOf, type StackResource } from "../receipts/purchases";
import { BALANCES, Settings } from "../settings";
import { type PurchaseState, readPurchase } from "../state/purchase-state";
import { readInput } from "./input";
import { booksAt, type JournalOptions } from "./journal-at";
import { stillSending } from "./lease";

interface Options extends JournalOptions {
  readonly state?: string;
  readonly json?: boolean;
}

/** What is asked of an order here, whether a journal or a stack knows it. */
export type OrderOnRecord = Pick<
  JournaledPurchase,
  | "order"
  | "name"
  | "team"
  | "creditType"
  | "amount"
  | "attempt"
  | "time"
  | "outcome"
  | "status"
  | "settled"
  | "receipt"
  | "unresolved"
  | "balance"
  | "sandbox"
> &
  Partial<Pick<JournaledPurchase, "reference">>;

/** `pulumi-vercel-credits investigate ORDER`: what the balance suggests about a purchase in doubt. */
export async function investigate(beginning: string, options: Options): Promise<void> {
  const { state, json } = options;
  const { whole, books } = await booksAt(options);
  const found = find(
    beginning,
    state === undefined ? [] : ordersOfStack(resourcesOf(await readInput(state))),
    books,
  );
  if (found === undefined) {
    const where =
      state === undefined
        ? "the journal (--state FILE reads a stack's export, too)"
        : "the journal and that state";
    throw new Error(`${where} knows no order ${printable(beginning)}`);
  }
  const sending =
    found.unresolved && found.reference && (await stillSending(new Journal(whole), found.reference));
  const { hint, says } = found.unresolved ? await evidenceOf(found, books) : nothingToFindOut(found);
  if (json)
    return console.log(
      JSON.stringify({ order: found.order, hint, says, before: found.balance }, undefined, 2),
    );
  console.log(printable(describe(found), 500));
  console.log(says);
  if (found.unresolved) console.log(`\n${sending || waysOut(found)}`);
}

/** The order that begins so. Where both know it, what the journal says: it may know the end where the state doesn't. */
function find(
  beginning: string,
  ofStack: readonly OrderOnRecord[],
  books: readonly OrderOnRecord[],
): OrderOnRecord | undefined {
  const matching = [...ofStack, ...books].filter(({ order }) => order.startsWith(beginning));
  if (new Set(matching.map(({ order }) => order)).size > 1)
    throw new Error(`several orders begin with ${printable(beginning)}: give more of it`);
  return matching.at(-1);
}

/** What the balance suggests about an order in doubt. Never throws: where nothing can be compared it says why. */
export async function evidenceOf(one: OrderOnRecord, books: readonly JournaledPurchase[]): Promise<Evidence> {
  const cannot = (why: string): Evidence => ({
    hint: "can't tell",
    says: `The balance can't tell whether it was charged: ${why}.`,
  });
  const { balance: before, amount, creditType } = one;
  if (creditType === "agent") return cannot("there is none to read for Agent credits");
  if (before === undefined || amount === undefined) {
    const key = BALANCES[creditType as Snapshot["creditType"]]?.key;
    const why = key === undefined ? "" : ` (${key} was not set, or it could not be read)`;
    return cannot(`none was recorded when its order was opened${why}`);
  }
  try {
    const source = new Settings(() => undefined).balanceSource(before.creditType);
    if (source === undefined) return cannot(`set ${BALANCES[before.creditType].key} to read it now`);
    const now = snapshotOf(before.creditType, await readBalance(before.creditType, source, request));
    return compare(amount, before, now, { ...othersSince(books, one, before.at), isComplete: true });
  } catch (error) {
    return cannot(printable((error as Error).message, 300));
  }
}

const ORDER_TYPE = "pulumi-nodejs:dynamic/vercel:PurchaseOrder";

/** The orders of a stack, as far as it knows what they came to. */
export function ordersOfStack(resources: readonly StackResource[]): OrderOnRecord[] {
  return resources
    .filter(({ type }) => type === ORDER_TYPE)
    .map(({ urn, outputs = {} }) => {
      const purchaseUrn = urn.replace("vercel:PurchaseOrder", "vercel:CreditPurchase");
      const purchase = resources.find((one) => one.urn === purchaseUrn);
      const recorded = purchase && readPurchase(purchase.outputs ?? {});
      const ofThis = recorded?.order?.orderId === outputs.orderId ? recorded : undefined;
      // The arguments of an order are outputs of the same names.
      const { name, arguments: ordered } = readPurchase(outputs);
      const { team, creditType, amount, attempt } = ordered;
      return {
        order: `${outputs.orderId}`,
        ...{ name, team, creditType, amount, attempt },
        ...outcomeOf(ofThis),
        balance: snapshotSchema.safeParse((outputs.__journal as { balance?: unknown } | undefined)?.balance)
          .data,
      };
    });
}

/** Without a record of this very order, nothing is known of it. */
function outcomeOf(recorded: PurchaseState | undefined) {
  const { outcome = "unknown", status, settled, receipt = {}, sandbox } = recorded ?? {};
  return { outcome, status, settled, receipt, sandbox, unresolved: MEANING[outcome].destroy === "refuses" };
}

function describe(one: OrderOnRecord): string {
  const { order, name, amount, creditType, team, time } = one;
  const what =
    amount === undefined
      ? "a purchase"
      : `${dollars(amount)} of ${creditsFor(creditType as CreditType, team)}`;
  return `${order} (${name ?? "?"}): ${what}${time === undefined ? "" : `, ${time}`}: ${outcomeInWords(one)}.${ofSandbox(one.sandbox)}`;
}

function nothingToFindOut(one: OrderOnRecord): { hint: string; says: string } {
  const id = one.receipt.intentId;
  const what = `${outcomeInWords(one)}${id === undefined ? "" : ` (${id})`}`;
  const says =
    MEANING[one.outcome].money === "in doubt"
      ? `It is ${what}. How it ended is on ${billingPage(one.team, one.sandbox)}.`
      : `There is nothing to find out: it is ${what}.`;
  return { hint: "settled", says: printable(says) };
}

/** Said of an order in doubt. */
function waysOut({ order, team, attempt = 1, sandbox }: OrderOnRecord): string {
  return (
    `${MAYBE_CHARGED} This is only a hint; you decide. Look for the purchase on ${billingPage(team, sandbox)}, then settle it ` +
    "in the program:\n" +
    '  it was charged:                    adopt: "<its intent or invoice id>"\n' +
    `  it was not, and is still wanted:   attempt: ${attempt + 1}   (buys it)\n` +
    "  it was not, and isn't wanted:      withdraw: true\n" +
    "Where no program declares it any more:\n" +
    `  npx pulumi-vercel-credits journal settle ${order} --adopt ID | --withdraw`
  );
}
