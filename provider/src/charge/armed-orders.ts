import type { Snapshot } from "../domain/balance-snapshot";
import type { OrderArguments } from "../domain/order-arguments";
import type { OrderReference, PurchaseIdentity } from "../state/order-reference";

/** An order that was opened in this process, and may be used once. */
export interface ArmedOrder {
  readonly orderId: string;
  /** The purchase's name in the program, for messages. */
  readonly name: string;
  readonly identity: PurchaseIdentity;
  readonly arguments: OrderArguments;
  readonly reference: OrderReference;
  /** The balance of these credits when it was opened, where one could be read. */
  readonly balance?: Snapshot | undefined;
}

/**
 * Orders opened in this process and not yet used. Kept in memory and nowhere else, on purpose: an order that is
 * not here was opened by an earlier run, which may have used it.
 */
export class ArmedOrders {
  readonly #armed = new Map<string, ArmedOrder>();

  arm(order: ArmedOrder): void {
    this.#armed.set(order.orderId, order);
  }

  has(orderId: string): boolean {
    return this.#armed.has(orderId);
  }

  /** Takes an order for its one use. The first caller gets it; there is no second. */
  disarm(orderId: string): ArmedOrder | undefined {
    const order = this.#armed.get(orderId);
    this.#armed.delete(orderId);
    return order;
  }
}
