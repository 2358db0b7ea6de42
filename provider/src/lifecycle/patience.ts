import { setTimeout as pause } from "node:timers/promises";
import { hasEnded } from "../domain/process-identity";
import type { Knowledge } from "../journal/knowledge";
import type { OrderReference } from "../state/order-reference";
import type { Run } from "./run";

const LOOKS_EVERY_MS = 100;

/**
 * What is known of an order; where another process is still sending its request, once that has ended: after a kill it goes on
 * alone, and its answer settles everything. Waits no longer than one request may take.
 */
export async function knowsPatiently(
  run: Run,
  order: OrderReference | undefined,
  name: string,
): Promise<Knowledge> {
  const patience = Date.now() + run.settings.timeoutSeconds * 1000;
  for (let looks = 0; ; looks++) {
    const known = await run.knows(order);
    if (known.kind !== "inDoubt" || known.lease === undefined || Date.now() > patience) return known;
    // What another machine does can take as long as its lease runs: the message says so instead.
    if (hasEnded(known.lease.process) !== false) return known;
    if (looks === 1) {
      const { process, host } = known.lease;
      console.log(
        `⏳ ${name}: waiting for process ${process.pid} on ${host} to finish the request of this order.`,
      );
    }
    await pause(LOOKS_EVERY_MS);
  }
}
