import type { Journal, OrderToRecord } from "../../provider/src/journal/journal";
import type { OrderReference } from "../../provider/src/state/order-reference";

/** Opens an order where no limit can stop it: how its state finds its record again. */
export async function openedIn(
  journal: Journal,
  order: OrderToRecord,
): Promise<NonNullable<OrderReference["journal"]>> {
  const opened = await journal.open(order);
  if (opened.kind !== "opened") throw new Error("it was not opened");
  return opened.journal;
}
