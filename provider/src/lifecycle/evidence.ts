import { compare, type Others, type Snapshot, snapshotOf } from "../balances/evidence";
import { othersSince } from "../journal/tries";
import { printable } from "../domain/messages";
import type { Inputs } from "./inputs";
import type { Run } from "./run";

/**
 * What the balance suggests about a purchase whose outcome nobody knows, as sentences to put behind the error; empty
 * where there is nothing to compare. In updates only: a preview sends nothing.
 */
export async function suggestion(run: Run, inputs: Inputs): Promise<string> {
  const before = inputs.__journal?.balance;
  if (before === undefined || run.isPreview) return "";
  try {
    const balance = await run.balance(before.creditType);
    if (balance === undefined) return "";
    const now = snapshotOf(before.creditType, balance);
    const { says } = compare(Number(inputs.amount), before, now, await othersOf(run, inputs, before));
    return ` ${says}`;
  } catch (error) {
    return ` (No hint from the balance: ${printable((error as Error).message, 300)}.)`;
  }
}

async function othersOf(run: Run, inputs: Inputs, { at }: Snapshot): Promise<Others> {
  const { orderId = "", creditType, team } = inputs;
  const tries = await run.tries();
  const about = { order: orderId, creditType: creditType as string, team: team as string | undefined };
  return {
    ...othersSince(tries ?? run.made, about, at),
    isComplete: tries !== undefined || run.opened.has(orderId),
  };
}
