import { MAYBE_CHARGED, printable } from "../domain/messages";
import type { Journal } from "../journal/journal";
import type { OrderReference } from "../state/order-reference";

/** Who may still be sending the request of an order, in words, or undefined where nobody is. */
export async function stillSending(journal: Journal, reference: OrderReference): Promise<string | undefined> {
  const known = await journal.knows(reference);
  if (known.kind !== "inDoubt" || known.lease === undefined) return undefined;
  const { process, host, until } = known.lease;
  return (
    `process ${process.pid} on ${printable(host, 100)} may still be sending its request, until ${printable(until, 40)} at ` +
    `the latest. ${MAYBE_CHARGED} Wait until it has ended, then look again.`
  );
}
