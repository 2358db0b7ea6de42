import { printable } from "../domain/messages";
import type { JournaledPurchase } from "../journal/books";

/** The one order of a journal that begins so. */
export function findOrder(
  books: readonly JournaledPurchase[],
  beginning: string,
  journal: string,
): JournaledPurchase {
  const [found, another] = books.filter(({ order }) => order.startsWith(beginning));
  if (found === undefined) {
    throw new Error(`the journal in ${printable(journal)} knows no order ${printable(beginning)}`);
  }
  if (another !== undefined)
    throw new Error(`several orders begin with ${printable(beginning)}: give more of it`);
  return found;
}
