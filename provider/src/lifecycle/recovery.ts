import { setTimeout as pause } from "node:timers/promises";
import { type Knowledge, type OrderReference, provesCharged } from "../journal/journal";
import { thisProcess, type Writer } from "../journal/records";
import { billingPage, MAYBE_CHARGED, printable } from "../domain/messages";
import { type Inputs, isUnknown, nameOf } from "./inputs";
import type { Run } from "./run";

/** The orders of a purchase, oldest first; the last is the one it stands under. */
export function ordersOf({ orderId, __journal = {} }: Inputs): OrderReference[] {
  const { signature, earlier = [] } = __journal;
  if (orderId === undefined || isUnknown(orderId) || isUnknown(__journal)) return [];
  return [...earlier, { orderId, ...(signature !== undefined && { journal: signature }) }];
}

/**
 * What the journal knows of a purchase: a charge under any of its orders, else how the last one stands. A journal
 * that can't be read says nothing, and everything fails closed as without one.
 */
export async function recall(run: Run, inputs: Inputs): Promise<Knowledge> {
  const { journal } = run;
  let known: Knowledge = { verdict: "silent" };
  if (journal === undefined) return known;
  try {
    for (const order of ordersOf(inputs)) {
      known = await journal.knows(order);
      if (provesCharged(known)) return known;
    }
    return known;
  } catch {
    return { verdict: "silent" };
  }
}

const LOOKS_EVERY_MS = 100;

/** The same, and where another process of this machine is still at it, waits until that one has ended it. */
export async function recallPatiently(run: Run, inputs: Inputs): Promise<Knowledge> {
  const patience = Date.now() + run.settings.timeoutSeconds * 1000;
  for (let looks = 0; ; looks++) {
    const known = await recall(run, inputs);
    const holder = holderOf(known);
    if (holder === undefined || Date.now() > patience) return known;
    if (looks === 1)
      console.log(`⏳ ${nameOf(inputs)}: process ${holder.pid} is still at it; waiting for its outcome.`);
    await pause(LOOKS_EVERY_MS);
  }
}

/** Another process of this machine that may be sending the request right now. */
export function holderOf(known: Knowledge): Writer | undefined {
  if (known.verdict !== "open" && known.verdict !== "unsent") return undefined;
  const { holder } = known;
  const isOther = holder?.host === thisProcess.host && holder.pid !== thisProcess.pid;
  return isOther && isAlive(holder.pid) ? holder : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What a person reads of an order that this run did not open, or used already. It buys no more. */
export function usedOrder(inputs: Inputs, known: Knowledge): string {
  const { orderId, team, attempt } = inputs;
  const id = known.verdict === "adopted" ? known.intentId : "<its intent or invoice id>";
  return (
    `its order (${orderId}) was opened by an earlier run, or was used already${WHAT[known.verdict](known)}, so nobody ` +
    `can know here whether it bought. ${MAYBE_CHARGED} Look for the purchase on ` +
    `${billingPage(team as string | undefined)}. If it is there, set adopt: "${id}". If it is not, set attempt: ` +
    `${Number(attempt) + 1} to buy it again. If a replacement was asked for (--replace, pulumi state taint), withdraw ` +
    "it: a purchase is never replaced."
  );
}

const WHAT: Record<Knowledge["verdict"], (known: Knowledge) => string> = {
  silent: () => "",
  unsent: () => ", perhaps by another process that is about to use it",
  open: (known) =>
    known.verdict === "open" && known.sent !== undefined
      ? `; its request left on ${printable(known.sent.time)}, and the journal has no answer to it`
      : "; its request may have left, and the journal has no answer to it",
  ended: () => "",
  adopted: () => " and adopted",
};
