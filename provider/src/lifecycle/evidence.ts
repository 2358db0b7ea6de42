import { compare, type Others, snapshotOf } from "../balances/evidence";
import { othersSince } from "../balances/others";
import type { Snapshot } from "../domain/balance-snapshot";
import { printable } from "../domain/messages";
import { MEANING } from "../domain/outcome";

import { knownOr, type PurchaseDeclaration } from "./inputs";
import type { Run } from "./run";

/**
 * What the balance suggests about a purchase in doubt, as sentences to put behind the error; empty where there is nothing to
 * compare. In updates only: a preview sends nothing.
 */
export async function suggestion(run: Run, declaration: PurchaseDeclaration): Promise<string> {
  const { balance: before, isPreview } = declaration;
  if (before === undefined || isPreview) return "";
  try {
    const balance = await run.balance(before.creditType);
    if (balance === undefined) return "";
    const now = snapshotOf(before.creditType, balance);
    const others = await othersOf(run, declaration, before);
    return ` ${compare(Number(declaration.arguments.amount), before, now, others).says}`;
  } catch (error) {
    return ` (No hint from the balance: ${printable((error as Error).message, 300)}.)`;
  }
}

async function othersOf(run: Run, declaration: PurchaseDeclaration, { at }: Snapshot): Promise<Others> {
  const { orderId, arguments: args } = declaration;
  const books = await run.books();
  const made = [...run.made.values()].map(({ order, result, time }) => ({
    order: order.orderId,
    team: order.arguments.team,
    creditType: order.arguments.creditType as string,
    amount: order.arguments.amount,
    outcome: result.outcome,
    requestLeft: MEANING[result.outcome].requestLeft,
    time,
  }));
  const about = { order: `${orderId}`, creditType: knownOr(args.creditType), team: knownOr(args.team) };
  return {
    ...othersSince(books ?? made, about, at),
    isComplete: books !== undefined || run.made.has(`${orderId}`),
  };
}
