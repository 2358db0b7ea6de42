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
  read,
};

async function check(olds: Inputs, news: Inputs) {
  const { inputs, failures } = checkArguments(news);
  const isNew = Object.keys(olds).length === 0;
  if (failures.length === 0 && isNew) {
    const reason = mayNotBeOpened(inputs);
    if (reason) failures.push(reason);
  }
  return { inputs, failures };
}

/** Only a higher attempt opens a new order; the other arguments are copies that document what was ordered. */
async function diff(_id: string, olds: Inputs, news: Inputs): Promise<dynamic.DiffResult> {
  const changes = isRaised(olds, news);
  const problem = changes && mayNotBeOpened(news);
  if (problem) throw new Refusal(`${nameOf(news)}: ${problem.reason}`);
  return { changes };
}

async function create(inputs: Inputs) {
  const orderId = open(inputs);
  return { id: orderId, outs: { ...inputs, orderId } };
}

async function update(_id: string, _olds: Inputs, news: Inputs) {
  return { outs: { ...news, orderId: open(news) } };
}

async function read(id: string, props?: Inputs) {
  return props ? { id, props } : { id };
}

/** Opens and arms an order, or throws before anything is kept, so that a plain re-run is enough afterwards. */
function open(inputs: Inputs): string {
  const orderId = `order_${randomUUID()}`;
  const order = argumentsOf(inputs);
  if (order.adopt !== undefined) return orderId; // nothing will be sent, so nothing is armed
  const name = nameOf(inputs);
  settings().endpoint();
  settings().refuseWithoutCheckpoints();
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

/** What can be known in a preview of why an order may not be opened. */
function mayNotBeOpened(inputs: Inputs): dynamic.CheckFailure | undefined {
  if (inputs.adopt !== undefined) return undefined;
  const current = settings();
  try {
    current.refuseWithoutCheckpoints();
    void [current.apiUrl, current.timeoutSeconds];
    if (isUnknown(inputs.amount)) return undefined;
    const amount = inputs.amount as number;
    const overCap = capExceeded(amount, current, planned);
    planned += amount;
    return overCap
      ? { property: "amount", reason: `${overCap} ${NOTHING_CHARGED} Lower it, or raise the cap.` }
      : undefined;
  } catch (error) {
    if (error instanceof Refusal) return { property: "amount", reason: error.message };
    throw error;
  }
}
