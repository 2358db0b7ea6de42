import { randomUUID } from "node:crypto";
import type { dynamic } from "@pulumi/pulumi";
import { arm } from "../charge/armed-orders";
import { capExceeded, unsettledPurchase } from "../charge/charge";
import { NOTHING_CHARGED } from "../messages";
import { Refusal } from "../refusal";
import { configure, settings } from "./configuration";
import { argumentsOf, checkArguments, type Inputs, isUnknown, nameOf } from "./inputs";
import { isRaised } from "./standing";

/**
 * The guard of one purchase. It has no side effect outside this process: opening an order makes a fresh id and
 * arms it in memory, and the engine writes the id down before the purchase that depends on it may start. A
 * purchase can then use only an order that was opened by the very process that charges.
 */
export const order: dynamic.ResourceProvider<Inputs, Inputs> = {
  configure,
  check,
  diff,
  create,
  update,
};

async function check(olds: Inputs, news: Inputs) {
  const { inputs, failures } = checkArguments(news);
  const isNew = Object.keys(olds).length === 0;
  if (failures.length === 0 && isNew) {
    const overCap = plan(inputs);
    if (overCap) failures.push({ property: "amount", reason: overCap });
  }
  return { inputs, failures };
}

/** Only a higher attempt opens a new order; the other arguments are copies that document what was ordered. */
async function diff(_id: string, olds: Inputs, news: Inputs): Promise<dynamic.DiffResult> {
  const changes = isRaised(olds, news);
  const overCap = changes && plan(news);
  if (overCap) throw new Refusal(`${nameOf(news)}: ${overCap}`);
  return { changes };
}

async function create(inputs: Inputs) {
  const orderId = open(inputs);
  return { id: orderId, outs: { ...inputs, orderId } };
}

async function update(_id: string, _olds: Inputs, news: Inputs) {
  return { outs: { ...news, orderId: open(news) } };
}

/** Opens and arms an order, or throws before anything is kept, so that a plain re-run is enough afterwards. */
function open(inputs: Inputs): string {
  const orderId = `order_${randomUUID()}`;
  const order = argumentsOf(inputs);
  if (order.adopt !== undefined) return orderId; // nothing will be sent, so nothing is armed
  const name = nameOf(inputs);
  settings().endpoint();
  const unsettled = unsettledPurchase();
  if (unsettled !== undefined) {
    throw new Refusal(
      `${name} was not bought, because nobody knows how the purchase "${unsettled}" of this update ended. ` +
        `${NOTHING_CHARGED} Settle that one first, then run \`pulumi up\` again.`,
    );
  }
  arm({ orderId, name, arguments: order });
  return orderId;
}

/** Dollars that this preview or update would charge, as far as it has come. */
let planned = 0;

/**
 * Counts an order that is about to be opened, in a preview too. Says which cap it would exceed; throws where the
 * settings allow no purchase at all.
 */
function plan(inputs: Inputs): string | undefined {
  if (inputs.adopt !== undefined) return undefined;
  settings().refuseUnusable();
  if (isUnknown(inputs.amount)) return undefined;
  const amount = inputs.amount as number;
  const overCap = capExceeded(amount, settings(), planned);
  planned += amount;
  return overCap && `${overCap} ${NOTHING_CHARGED} Lower it, or raise the cap.`;
}
