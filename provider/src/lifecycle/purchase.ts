import type { dynamic } from "@pulumi/pulumi";
import { disarm } from "../charge/armed-orders";
import { charge } from "../charge/charge";
import { notSent } from "../charge/outcome";
import { billingPage, MAYBE_CHARGED, NOTHING_CHARGED } from "../messages";
import { Refusal } from "../refusal";
import { configure, settings } from "./configuration";
import {
  argumentsOf,
  chargeLine,
  checkArguments,
  type Inputs,
  isPreview,
  isUnknown,
  nameOf,
  stopLine,
  summarize,
} from "./inputs";
import { asJson, KeptFailure } from "./kept-failure";
import { farewell, isAdopting, isRaised, refusedChange, standingOf } from "./standing";

/**
 * The purchase itself. It decides; sending is left to `charge`. There is no `read`: without one a refresh keeps
 * what is on record, and nothing reads a purchase back.
 */
export const purchase: dynamic.ResourceProvider<Inputs, Inputs> = {
  configure,
  check,
  diff,
  create,
  update,
  delete: forget,
};

async function check(olds: Inputs, news: Inputs) {
  const { inputs, failures } = checkArguments(news);
  if (failures.length > 0) return { inputs, failures };
  const isNew = Object.keys(olds).length === 0;
  if (isNew && willBeCharged(inputs)) console.log(chargeLine(inputs));
  if (isNew && isPreview() && inputs.adopt === undefined && !isUnknown(inputs.orderId)) {
    console.log(stopLine(inputs, usedOrder(inputs)));
  }
  return { inputs: { ...inputs, summary: summarize(inputs) }, failures };
}

/** `olds` are the outputs as they were kept. Never asks for a replacement: that would be another purchase. */
async function diff(_id: string, olds: Inputs, news: Inputs): Promise<dynamic.DiffResult> {
  const refused = refusedChange(olds, news);
  if (refused) throw new Refusal(`${nameOf(news)}: ${refused}`);
  const raised = isRaised(olds, news);
  if (raised && willBeCharged(news)) console.log(chargeLine(news));
  const adopts = isAdopting(olds, news);
  const open = standingOf(olds) === "open";
  if (isPreview() && !adopts) {
    if (raised && !isUnknown(news.orderId)) console.log(stopLine(news, usedOrder(news)));
    if (open && !raised) console.log(stopLine(news, `${olds.reason}`));
  }
  return { changes: raised || adopts || open };
}

/** The order's id is unknown only while previewing an update that will open that order anew. */
function willBeCharged(inputs: Inputs): boolean {
  return isUnknown(inputs.orderId) && (inputs.adopt === undefined || isUnknown(inputs.adopt));
}

async function create(inputs: Inputs) {
  const id = inputs.orderId as string;
  return { id, outs: inputs.adopt === undefined ? await buy(id, {}, inputs) : adopt({}, inputs) };
}

async function update(id: string, olds: Inputs, news: Inputs) {
  const refused = refusedChange(olds, news);
  if (refused) throw new Refusal(`${nameOf(news)}: ${refused}`);
  if (isAdopting(olds, news)) return { outs: adopt(olds, news) };
  if (isRaised(olds, news)) return { outs: await buy(id, olds, news) };
  // The state stays as it is: an error without an id changes nothing in it.
  if (standingOf(olds) === "open") throw new Refusal(`${nameOf(news)}: ${olds.reason}`);
  return { outs: asJson(olds) };
}

/** Uses the order, once, and keeps what came of it, whatever it was. */
async function buy(id: string, olds: Inputs, inputs: Inputs): Promise<Inputs> {
  const name = nameOf(inputs);
  const order = disarm(inputs.orderId as string);
  if (!order) throw new Refusal(`${name}: ${usedOrder(inputs)}`);
  const wanted = argumentsOf(inputs);
  const { status, receipt, reason, news } =
    JSON.stringify(order.arguments) === JSON.stringify(wanted)
      ? await charge(order, settings())
      : notSent(
          `The purchase says ${JSON.stringify(wanted)}, but its order says ${JSON.stringify(order.arguments)}.`,
          wanted,
          "Remove the transform or ignoreChanges that changes one of them alone",
        );
  const outs = asJson({ ...inputs, ...receipt, status, ...(reason && { reason }), ...earlierAttempts(olds) });
  if (reason !== undefined) throw new KeptFailure(id, outs, `${name}: ${reason}`);
  console.log(news?.replace(/^(\S+) /, `$1 ${name}: `));
  return outs;
}

/** What the attempts before this one learned, without their whole answers. Kept, but not shown: see `Inputs`. */
function earlierAttempts(olds: Inputs): Pick<Inputs, "__earlierAttempts"> {
  if (olds.status === undefined) return {};
  const { __earlierAttempts = [], __provider, __label, answer, summary, source, ...learned } = olds;
  return { __earlierAttempts: [...__earlierAttempts, learned] };
}

/** An order that was not opened by this process, or was used by it already, may have bought. It buys no more. */
function usedOrder({ orderId, team, attempt }: Inputs): string {
  return (
    `its order (${orderId}) was opened by an earlier run, or was used already, so nobody can know here whether ` +
    `it bought. ${MAYBE_CHARGED} Look for the purchase on ${billingPage(team as string | undefined)}. If it is ` +
    `there, set adopt: "<its intent or invoice id>". If it is not, set attempt: ${Number(attempt) + 1} to buy it ` +
    "again. If a replacement was asked for (--replace, pulumi state taint), withdraw it: a purchase is never replaced."
  );
}

/** Takes over a purchase that was made elsewhere. What an earlier attempt learned stays. */
function adopt(olds: Inputs, news: Inputs): Inputs {
  disarm(news.orderId as string);
  const { reason: _settled, ...learned } = olds;
  const outs = asJson({
    ...learned,
    ...news,
    ...(standingOf(olds) === "bought" ? {} : { status: "adopted", intentId: news.adopt }),
  });
  console.log(
    `📎 ${nameOf(news)}: recorded ${news.adopt} as this purchase, made earlier. Nothing was sent. ${NOTHING_CHARGED}`,
  );
  return outs;
}

/** Forgets the purchase: nothing can be bought back. One that nobody knows the outcome of is not forgotten. */
async function forget(_id: string, olds: Inputs): Promise<void> {
  const name = nameOf(olds);
  if (olds.status === "unknown" || olds.status === undefined) {
    throw new Refusal(
      `${name} is not forgotten, because nobody knows how it ended. ${olds.reason ?? MAYBE_CHARGED} ` +
        "(If it was not bought and is not wanted any more, `pulumi state delete` removes the record.)",
    );
  }
  console.log(`🗑️ ${name}: ${farewell(olds)}`);
}
