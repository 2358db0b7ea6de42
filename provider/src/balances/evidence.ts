import Big from "big.js";
import { z } from "zod";
import { printable } from "../domain/messages";
import { dollarsText } from "../domain/money";
import type { BalanceType } from "../settings";
import { BALANCE_NAMES, type Balance, type GatewayBalance, type V0Balance, type V0Block } from "./balance";

/** A balance at one moment, as an order keeps it. */
export type Snapshot = z.infer<typeof snapshotSchema>;
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
export const snapshotSchema = z.looseObject({
  creditType: z.enum(["gateway", "v0"]),
  /** When it was read, ISO 8601. */
  at: z.string(),
  balance: decimal,
  /** Of the AI Gateway. */
  totalUsed: decimal.optional(),
  /** Of v0: when each was bought, and how much. */
  blocks: z
    .array(z.looseObject({ effectiveDate: z.string().optional(), originalBalance: decimal }))
    .optional(),
});

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
  /** Nobody knows, or not yet. */
  readonly doubtful: readonly number[];
  /** Whether these are all that this machine sent. */
  readonly isComplete: boolean;
}

export type Verdict = "very likely charged" | "very likely not charged" | "can't tell";

/** What a balance suggests about a purchase whose outcome nobody knows. A person decides; it never does. */
export interface Evidence {
  readonly verdict: Verdict;
  /** The verdict and the figures behind it, in sentences. */
  readonly says: string;
}

/**
 * Compares the balance at the opening of an order with the one now.
 *
 * What came in between is exact for the AI Gateway (what is left, plus what was used); v0 lists each purchase. What it
 * can't see: purchases by others with the same amount, refunds, and a charge that doesn't show yet.
 */
export function compare(amount: number, before: Snapshot, now: Snapshot, others: Others): Evidence {
  const { shown, verdict } =
    before.creditType === "v0" ? ofV0(amount, before, now, others) : ofGateway(amount, before, now, others);
  const name = BALANCE_NAMES[before.creditType];
  const figures =
    `The ${name} balance was ${dollarsText(before.balance)} when its order was opened (${printable(before.at, 40)}) and is ` +
    `${dollarsText(now.balance)} now${shown}.${otherPurchases(others)}`;
  return { verdict, says: `${figures} ${CONCLUSION[verdict](dollarsText(String(amount)))}` };
}

const CONCLUSION: Record<Verdict, (amount: string) => string> = {
  "very likely charged": (amount) => `So these ${amount} were very likely charged.`,
  "very likely not charged": (amount) =>
    `So these ${amount} were very likely not charged, unless it doesn't show yet: look again in some minutes.`,
  "can't tell": (amount) => `That can't tell whether these ${amount} were charged.`,
};

/** Balances may be rounded, each on its own. */
const ROUNDING = new Big("0.05");

function ofGateway(amount: number, before: Snapshot, now: Snapshot, others: Others) {
  if (before.totalUsed === undefined || now.totalUsed === undefined)
    return ofBalanceAlone(amount, before, now, others);
  const used = new Big(now.totalUsed).minus(before.totalUsed);
  const came = new Big(now.balance).minus(before.balance).plus(used);
  const unexplained = came.minus(sum(others.charged));
  const isAbout = (expected: Big.BigSource) => unexplained.minus(expected).abs().lte(ROUNDING);
  const mayBeAnother = others.doubtful.length > 0 || !others.isComplete;
  let verdict: Verdict = "can't tell";
  if (isAbout(0)) verdict = "very likely not charged";
  else if (isAbout(amount) && !mayBeAnother) verdict = "very likely charged";
  return {
    verdict,
    shown: `, with ${dollarsText(used.toFixed())} used in between: ${dollarsText(came.toFixed())} came in`,
  };
}

function ofV0(amount: number, before: Snapshot, now: Snapshot, others: Others) {
  if (before.blocks === undefined || now.blocks === undefined)
    return ofBalanceAlone(amount, before, now, others);
  const known = before.blocks.map(keyOf);
  const added = without(now.blocks, keyOf, known);
  const unexplained = without(
    added,
    dollarsOf,
    others.charged.map((one) => new Big(one).toFixed()),
  );
  const same = unexplained.filter((block) => new Big(block.originalBalance).eq(amount)).length;
  const doubtful = others.doubtful.filter((one) => one === amount).length;
  let verdict: Verdict = "can't tell";
  if (same === 0) verdict = "very likely not charged";
  else if (same > doubtful && others.isComplete) verdict = "very likely charged";
  const list = added.map(
    (block) =>
      `${dollarsText(block.originalBalance)} of ${printable(block.effectiveDate ?? "unknown date", 40)}`,
  );
  return {
    verdict,
    shown: list.length === 0 ? ", and nothing was added" : `, and ${list.join(", ")} was added`,
  };
}

/** Where only what is left is known, use in between can hide a purchase. */
function ofBalanceAlone(amount: number, before: Snapshot, now: Snapshot, others: Others) {
  const rise = new Big(now.balance).minus(before.balance).minus(sum(others.charged));
  const isCharged = rise.gt(0) && rise.lte(amount) && others.doubtful.length === 0 && others.isComplete;
  return { verdict: (isCharged ? "very likely charged" : "can't tell") as Verdict, shown: "" };
}

function otherPurchases({ charged, doubtful, isComplete }: Others): string {
  const list = [
    ...(charged.length > 0 ? [`${dollarsText(sum(charged).toFixed())} of other purchases on record`] : []),
    ...(doubtful.length > 0
      ? [`perhaps ${dollarsText(sum(doubtful).toFixed())} of others that are not settled`]
      : []),
  ];
  const of = list.length > 0 ? ` In that: ${list.join(", and ")}.` : "";
  return isComplete ? of : `${of} Without a journal, other purchases in between are not known.`;
}

function sum(amounts: readonly number[]): Big {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0));
}

type Block = NonNullable<Snapshot["blocks"]>[number];
const keyOf = ({ effectiveDate, originalBalance }: Block) =>
  `${effectiveDate} ${new Big(originalBalance).toFixed()}`;
const dollarsOf = ({ originalBalance }: Block) => new Big(originalBalance).toFixed();

/** Takes away one block for each of the keys. */
function without(blocks: readonly Block[], key: (block: Block) => string, keys: readonly string[]): Block[] {
  const left = [...keys];
  return blocks.filter((block) => {
    const at = left.indexOf(key(block));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
