import { type Claiming, Journal } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import type { OrderReference } from "../../provider/src/state/order-reference";

/**
 * What the journal tells a process that still has an order, such as one that hung until now, when it comes to send it.
 *
 * @param outputs Of the order.
 */
export function sendLate(folder: string, outputs: Record<string, unknown> = {}): Promise<Claiming> {
  const { openings } = outputs.__journal as { openings: OrderReference[] };
  const { orderId, attempt, identity } = openings.at(-1) as OrderReference;
  if (identity === undefined) throw new Error("an order of an earlier version");
  const args = { creditType: "gateway", amount: 100, source: "pulumi", attempt } as const;
  const order = { orderId, name: "credits", identity, arguments: args };
  return new Journal(new FileStore(folder)).claim(order, 60);
}
