import type { OrderArguments } from "../order-arguments";

/** An order that was opened in this process, and may be used once. */
export interface ArmedOrder {
  readonly orderId: string;
  /** The purchase's name in the program, for messages. */
  readonly name: string;
  readonly arguments: OrderArguments;
}

/**
 * Orders opened in this process and not yet used. Kept in memory and nowhere else, on purpose: an order that is
 * not here was opened by an earlier run, which may have used it.
 */
const armed = new Map<string, ArmedOrder>();

export function arm(order: ArmedOrder): void {
  armed.set(order.orderId, order);
}

/** Takes an order for its one use. The first caller gets it; there is no second. */
export function disarm(orderId: string): ArmedOrder | undefined {
  const order = armed.get(orderId);
  armed.delete(orderId);
  return order;
}
