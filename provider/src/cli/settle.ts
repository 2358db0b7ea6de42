import { printable } from "../domain/messages";
import { PURCHASE_ID } from "../domain/order-arguments";
import { MEANING, sentenceOf } from "../domain/outcome";
import { Journal } from "../journal/journal";
import { vercelIdsOf } from "../journal/knowledge";
import type { OrderReference } from "../state/order-reference";
import { findOrder } from "./find-order";
import { booksAt, type JournalOptions } from "./journal-at";
import { stillSending } from "./lease";

interface Options extends JournalOptions {
  readonly adopt?: string;
  readonly withdraw?: boolean;
  readonly known?: boolean;
}

/**
 * `pulumi-vercel-credits journal settle ORDER --adopt ID | --withdraw | --known`: a person's word about an order that no
 * program declares any more. Nothing is sent. Where a state still has the purchase, its next update records it.
 */
export async function settle(beginning: string, options: Options): Promise<void> {
  const { adopt, withdraw, known } = options;
  if ([adopt, withdraw, known].filter((word) => word !== undefined).length !== 1) {
    throw new Error("give exactly one of --adopt ID, --withdraw and --known");
  }
  if (adopt !== undefined && !PURCHASE_ID.test(adopt)) {
    throw new Error("--adopt takes the id of an intent or invoice (such as pur_...), without spaces");
  }
  const { store, shown, books } = await booksAt(options);
  const found = findOrder(books, beginning, shown);
  const { order, outcome, receipt, reference } = found;
  const journal = new Journal(store);
  if (known) {
    if (!found.doubleCharge) throw new Error(`${order} is not one of two that charged for one purchase`);
    await written(shown, () => journal.acknowledge(order));
    return console.log(`${order}: noted that the double charge is known. ${sentenceOf(outcome, "later")}`);
  }

  await refuseWhileUnderWay(journal, reference);
  if (outcome === "bought" && (withdraw || receipt.intentId !== adopt)) {
    throw new Error(
      `${order} is bought (${printable(receipt.intentId ?? "no id")}). Nothing was recorded. ${sentenceOf(outcome, "later")}`,
    );
  }
  const isMade = outcome === "adopted" && MEANING[found.settled ?? outcome].requestLeft;
  const isOver = (outcome === "failed" || outcome === "refused" || outcome === "withdrawn") && withdraw;
  if (isOver || (isMade && withdraw)) {
    throw new Error(
      `${order} is ${outcome} already. Nothing was recorded. ${sentenceOf(outcome, "later", found.settled)}`,
    );
  }
  const ids = found.settled === undefined ? vercelIdsOf(found) : [];
  if (adopt !== undefined && ids.length > 0 && !ids.includes(adopt)) {
    throw new Error(
      `${printable(adopt)} contradicts the id that Vercel gave: ${printable(ids.join(", "))}. ${sentenceOf(outcome, "later", found.settled)}`,
    );
  }
  // From here on it can't be sent any more, whoever still has it.
  if (!(await written(shown, () => journal.close(reference)))) await refuseWhileUnderWay(journal, reference);
  const said = adopt === undefined ? ({ withdrawn: true } as const) : { adopted: adopt };
  await written(shown, () => journal.resolve(order, said));
  const word = adopt === undefined ? "withdrawn" : "adopted";
  const before = found.settled ?? outcome;
  const sentence = sentenceOf(word, "now", before);
  const session =
    before === "checkout" && word === "withdrawn"
      ? " The checkout session can still be paid: don't pay it."
      : "";
  const purchase = `${printable(found.name ?? "?", 100)} (${order})`;
  const what =
    adopt === undefined ? "recorded as withdrawn" : `recorded ${printable(adopt)} as this purchase`;
  console.log(
    `${purchase}: ${what}. This run sent nothing. ${sentence}${session} Where a state has it as in doubt, the next \`pulumi up\` records ` +
      "that, too.",
  );
}

async function refuseWhileUnderWay(journal: Journal, reference: OrderReference): Promise<void> {
  const sending = await stillSending(journal, reference);
  if (sending !== undefined) throw new Error(sending);
}

async function written<T>(shown: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const why = printable((error as Error).message);
    throw new Error(`the journal in ${printable(shown)} can't be written: ${why}`, { cause: error });
  }
}
