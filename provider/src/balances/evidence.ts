import Big from "big.js";
import type { Snapshot } from "../domain/balance-snapshot";
import { printable } from "../domain/messages";
import { dollarsText } from "../domain/money";
import type { BalanceType } from "../settings";
import { BALANCE_NAMES, type Balance, type GatewayBalance, type V0Balance, type V0Block } from "./balance";

/** More blocks than a team buys in the year until they expire; the state has to hold them. */
const MOST_BLOCKS = 100;

export function snapshotOf(creditType: BalanceType, balance: Balance): Snapshot {
  const at = new Date().toISOString();
  if (creditType === "gateway") return { creditType, at, ...(balance as GatewayBalance) };
  const { balance: left, blocks } = balance as V0Balance;
  return {
    creditType,
    at,
    balance: left,
    ...(blocks && {
      blocks: newest(blocks).map(({ effectiveDate, originalBalance }) => ({
        originalBalance,
        ...(effectiveDate !== undefined && { effectiveDate }),
      })),
    }),
  };
}

function newest(blocks: readonly V0Block[]): V0Block[] {
  return blocks
    .toSorted((a, b) => (b.effectiveDate ?? "").localeCompare(a.effectiveDate ?? ""))
    .slice(0, MOST_BLOCKS);
}

/** Other purchases of the same credits that were sent after the balance was kept, in dollars. */
export interface Others {
  /** Charged, for certain. */
  readonly charged: readonly number[];
  /** Perhaps charged. */
  readonly inDoubt: readonly number[];
  /** Whether these are all that this machine sent. */
  readonly isComplete: boolean;
}

/** What a balance suggests about a purchase in doubt. A person decides; a balance never does. */
export type Hint = "very likely charged" | "very likely not charged" | "can't tell";

export interface Evidence {
  readonly hint: Hint;
  /** The hint and the figures behind it, in sentences. */
  readonly says: string;
}

/** What came in between two balances, as far as it is known, and what that suggests. */
interface Comparison {
  readonly hint: Hint;
  /** Goes on from "and is $10.00 now". */
  readonly shown: string;
  /** Dollars that came in and that no purchase on record explains. */
  readonly unexplained?: Big | undefined;
}

/**
 * Compares the balance at the opening of an order with the one now.
 *
 * What came in between is exact for the AI Gateway (what is left, plus what was used); v0 lists each purchase. Only where
 * the purchases on record and this one explain all of it, or those on record alone, does it suggest anything. What it
 * can't see: purchases by others with the same amount, refunds, and a charge that doesn't show yet.
 */
export function compare(amount: number, before: Snapshot, now: Snapshot, others: Others): Evidence {
  const { shown, hint, unexplained } =
    before.creditType === "v0" ? ofV0(amount, before, now, others) : ofGateway(amount, before, now, others);
  const name = BALANCE_NAMES[before.creditType];
  const figures =
    `The ${name} balance was ${dollarsText(before.balance)} when its order was opened (${printable(before.at, 40)}) and is ` +
    `${dollarsText(now.balance)} now${shown}.${otherPurchases(others)}`;
  const isOpen = hint === "can't tell" && unexplained !== undefined && !isAbout(unexplained, 0);
  const open = isOpen ? ` Nothing on record explains ${dollarsText(unexplained.toFixed())}.` : "";
  return { hint, says: `${figures}${open} ${CONCLUSION[hint](dollarsText(String(amount)))}` };
}

const CONCLUSION: Record<Hint, (amount: string) => string> = {
  "very likely charged": (amount) => `So these ${amount} were very likely charged.`,
  "very likely not charged": (amount) =>
    `So these ${amount} were very likely not charged, unless the charge doesn't show yet: look again in a few minutes.`,
  "can't tell": (amount) => `The balance can't tell whether these ${amount} were charged.`,
};

/** Balances may be rounded, each on its own. */
const ROUNDING = new Big("0.05");

function isAbout(dollars: Big, expected: Big.BigSource): boolean {
  return dollars.minus(expected).abs().lte(ROUNDING);
}

function ofGateway(amount: number, before: Snapshot, now: Snapshot, others: Others): Comparison {
  if (before.totalUsed === undefined || now.totalUsed === undefined)
    return ofBalanceAlone(amount, before, now, others);
  const used = new Big(now.totalUsed).minus(before.totalUsed);
  const came = new Big(now.balance).minus(before.balance).plus(used);
  const unexplained = came.minus(sum(others.charged));
  const mayBeAnother = others.inDoubt.length > 0 || !others.isComplete;
  let hint: Hint = "can't tell";
  if (isAbout(unexplained, 0)) hint = "very likely not charged";
  else if (isAbout(unexplained, amount) && !mayBeAnother) hint = "very likely charged";
  return {
    hint,
    shown: `, with ${dollarsText(used.toFixed())} used in between: ${dollarsText(came.toFixed())} came in`,
    unexplained,
  };
}

function ofV0(amount: number, before: Snapshot, now: Snapshot, others: Others): Comparison {
  if (before.blocks === undefined || now.blocks === undefined)
    return ofBalanceAlone(amount, before, now, others);
  const added = without(now.blocks, keyOf, before.blocks.map(keyOf));
  const charged = others.charged.map(asKey);
  const unexplained = without(added, dollarsOf, charged);
  const allShow = added.length - unexplained.length === charged.length;
  // Where those in doubt were bought, too.
  const left = without(unexplained, dollarsOf, others.inDoubt.map(asKey));
  const isThisOne = left.length === 1 && left.map(dollarsOf).includes(asKey(amount));
  let hint: Hint = "can't tell";
  if (unexplained.length === 0 && allShow) hint = "very likely not charged";
  else if (isThisOne && allShow && others.isComplete) hint = "very likely charged";
  const list = added.map(
    (block) =>
      `${dollarsText(block.originalBalance)} of ${printable(block.effectiveDate ?? "unknown date", 40)}`,
  );
  return {
    hint,
    shown: list.length === 0 ? ", and nothing was added" : `, and ${list.join(", ")} was added`,
    unexplained: unexplained.reduce((total, block) => total.plus(block.originalBalance), new Big(0)),
  };
}

/** Where only what is left is known, use in between can hide a purchase. */
function ofBalanceAlone(amount: number, before: Snapshot, now: Snapshot, others: Others): Comparison {
  const rise = new Big(now.balance).minus(before.balance).minus(sum(others.charged));
  const isCharged = isAbout(rise, amount) && others.inDoubt.length === 0 && others.isComplete;
  return { hint: isCharged ? "very likely charged" : "can't tell", shown: "" };
}

function otherPurchases({ charged, inDoubt, isComplete }: Others): string {
  const list = [
    ...(charged.length > 0 ? [`${dollarsText(sum(charged).toFixed())} were other purchases on record`] : []),
    ...(inDoubt.length > 0
      ? [`up to ${dollarsText(sum(inDoubt).toFixed())} may have been others that are in doubt`]
      : []),
  ];
  const of = list.length > 0 ? ` Of that, ${list.join(", and ")}.` : "";
  return isComplete ? of : `${of} Without a journal, other purchases in between are not known.`;
}

function sum(amounts: readonly number[]): Big {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0));
}

type Block = NonNullable<Snapshot["blocks"]>[number];
const keyOf = ({ effectiveDate, originalBalance }: Block) => `${effectiveDate} ${asKey(originalBalance)}`;
const dollarsOf = ({ originalBalance }: Block) => asKey(originalBalance);

/** The same text for the same number of dollars. */
function asKey(amount: Big.BigSource): string {
  return new Big(amount).toFixed();
}

/** Takes away one block for each of the keys. */
function without(blocks: readonly Block[], key: (block: Block) => string, keys: readonly string[]): Block[] {
  const left = [...keys];
  return blocks.filter((block) => {
    const at = left.indexOf(key(block));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
