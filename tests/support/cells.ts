import { isOutcome, type Outcome } from "../../provider/src/domain/outcome";

/**
 * What the contract says of every outcome and every next step, a row a cell, to be compared with its table by eye.
 *
 * - *requests*: to buy, in all, with those of the outcome itself (1, and 0 for `notSent`).
 * - *up*: how the step's `pulumi up` (or `destroy`) ends for this purchase. *stops*: it fails before anything of the stack is
 *   done, as the preview would.
 * - *says*: the sentences that it prints. In parentheses: it may print it, and needn't. It prints no other one.
 * - *after*: the outcome in the state afterwards; `-` where the state has none.
 * - *way out*: where it fails: what is documented, and what succeeds then. See `WAYS`.
 *
 * The first rows are no step: what the update says that finds the outcome out, or records it.
 */
const TABLE = `
  step                     outcome    requests  up        says              after      way out

  found out                bought     1         succeeds  charged           bought
  found out                pending    1         succeeds  maybe             pending
  found out                checkout   1         fails     nothing           checkout
  found out                failed     1         fails     nothing           failed
  found out                refused    1         fails     nothing           refused
  found out                notSent    0         fails     nothing           notSent
  found out                unknown    1         fails     maybe             unknown
  found out                adopted    1         succeeds  charged           adopted
  found out                withdrawn  1         succeeds  nothing           withdrawn

  nothing                  bought     1         succeeds  (charged)         bought
  nothing                  pending    1         succeeds  (maybe)           pending
  nothing                  checkout   1         fails     maybe             checkout   attempt
  nothing                  failed     1         fails     nothing           failed     attempt
  nothing                  refused    1         fails     nothing           refused    withdraw
  nothing                  notSent    1         succeeds  charged           bought
  nothing                  unknown    1         fails     maybe             unknown    withdraw
  nothing                  adopted    1         succeeds  (charged)         adopted
  nothing                  withdrawn  1         succeeds  (nothing)         withdrawn

  higher attempt           bought     1         stops     charged           bought     set back
  higher attempt           pending    2         succeeds  charged           bought
  higher attempt           checkout   2         succeeds  charged(maybe)    bought
  higher attempt           failed     2         succeeds  charged           bought
  higher attempt           refused    2         succeeds  charged           bought
  higher attempt           notSent    1         succeeds  charged           bought
  higher attempt           unknown    2         succeeds  charged           bought
  higher attempt           adopted    1         stops     charged           adopted    set back
  higher attempt           withdrawn  2         succeeds  charged           bought

  adopt                    bought     1         stops     charged           bought     set back
  adopt                    pending    1         stops     maybe             pending    adopt its own
  adopt                    checkout   1         succeeds  charged           adopted
  adopt                    failed     1         stops     nothing           failed     attempt
  adopt                    refused    1         succeeds  charged           adopted
  adopt                    notSent    0         succeeds  charged           adopted
  adopt                    unknown    1         succeeds  charged           adopted
  adopt                    adopted    1         succeeds  charged           adopted
  adopt                    withdrawn  1         succeeds  charged           adopted

  withdraw                 bought     1         stops     charged           bought     set back
  withdraw                 pending    1         succeeds  nothing           withdrawn
  withdraw                 checkout   1         succeeds  maybe             withdrawn
  withdraw                 failed     1         succeeds  nothing           withdrawn
  withdraw                 refused    1         succeeds  nothing           withdrawn
  withdraw                 notSent    0         succeeds  nothing           withdrawn
  withdraw                 unknown    1         succeeds  nothing           withdrawn
  withdraw                 adopted    1         stops     charged           adopted    set back
  withdraw                 withdrawn  1         succeeds  (nothing)         withdrawn

  amount                   bought     1         stops     charged           bought     set back
  amount                   pending    1         stops     maybe             pending    attempt
  amount                   checkout   1         stops     maybe             checkout   attempt
  amount                   failed     1         stops     nothing           failed     attempt
  amount                   refused    1         stops     nothing           refused    attempt
  amount                   notSent    1         succeeds  charged           bought
  amount                   unknown    1         stops     maybe             unknown    attempt
  amount                   adopted    1         stops     charged           adopted    set back
  amount                   withdrawn  1         succeeds  (nothing)         withdrawn

  amount, higher attempt   bought     1         stops     charged           bought     set back
  amount, higher attempt   pending    2         succeeds  charged           bought
  amount, higher attempt   checkout   2         succeeds  charged(maybe)    bought
  amount, higher attempt   failed     2         succeeds  charged           bought
  amount, higher attempt   refused    2         succeeds  charged           bought
  amount, higher attempt   notSent    1         succeeds  charged           bought
  amount, higher attempt   unknown    2         succeeds  charged           bought
  amount, higher attempt   adopted    1         stops     charged           adopted    set back
  amount, higher attempt   withdrawn  2         succeeds  charged           bought

  default team             bought     1         succeeds  (charged)         bought
  default team             pending    1         stops     maybe             pending    set back
  default team             checkout   1         stops     maybe             checkout   attempt
  default team             failed     1         stops     nothing           failed     attempt
  default team             refused    1         stops     nothing           refused    attempt
  default team             notSent    1         succeeds  charged           bought
  default team             unknown    1         stops     maybe             unknown    attempt
  default team             adopted    1         succeeds  (charged)         adopted
  default team             withdrawn  1         succeeds  (nothing)         withdrawn

  destroy                  bought     1         succeeds  charged           -
  destroy                  pending    1         succeeds  maybe             -
  destroy                  checkout   1         fails     maybe             checkout   withdraw, destroy
  destroy                  failed     1         succeeds  nothing           -
  destroy                  refused    1         succeeds  nothing           -
  destroy                  notSent    0         succeeds  nothing           -
  destroy                  unknown    1         fails     maybe             unknown    withdraw, destroy
  destroy                  adopted    1         succeeds  charged           -
  destroy                  withdrawn  1         succeeds  nothing           -

  replace purchase         bought     1         succeeds  charged           bought
  replace purchase         pending    1         succeeds  maybe             pending
  replace purchase         checkout   1         fails     maybe             checkout   attempt
  replace purchase         failed     1         fails     nothing           failed     attempt
  replace purchase         refused    1         fails     nothing           refused    attempt
  replace purchase         notSent    1         succeeds  charged(nothing)  bought
  replace purchase         unknown    1         fails     maybe             unknown    adopt
  replace purchase         adopted    1         succeeds  (charged)         adopted
  replace purchase         withdrawn  1         succeeds  (nothing)         withdrawn

  replace order            bought     1         succeeds  (charged)         bought
  replace order            pending    1         succeeds  (maybe)           pending
  replace order            checkout   1         fails     maybe             checkout   attempt
  replace order            failed     1         fails     nothing           failed     attempt
  replace order            refused    1         fails     nothing           refused    withdraw
  replace order            notSent    1         succeeds  charged(nothing)  bought
  replace order            unknown    1         fails     maybe             unknown    adopt
  replace order            adopted    1         succeeds  (charged)         adopted
  replace order            withdrawn  1         succeeds  (nothing)         withdrawn

  replace both             bought     1         fails     charged           bought     plain up
  replace both             pending    1         fails     maybe             pending    plain up
  replace both             checkout   1         fails     maybe             checkout   attempt
  replace both             failed     1         fails     nothing           failed     attempt
  replace both             refused    1         fails     nothing           refused    attempt
  replace both             notSent    1         succeeds  charged(nothing)  bought
  replace both             unknown    1         fails     maybe             unknown    adopt
  replace both             adopted    1         succeeds  charged           adopted
  replace both             withdrawn  1         succeeds  (nothing)         withdrawn

  taint purchase           bought     1         succeeds  charged           bought
  taint purchase           pending    1         succeeds  maybe             pending
  taint purchase           checkout   1         fails     maybe             checkout   untaint, attempt
  taint purchase           failed     1         fails     nothing           failed     untaint, attempt
  taint purchase           refused    1         fails     nothing           refused    untaint, attempt
  taint purchase           notSent    1         succeeds  charged(nothing)  bought
  taint purchase           unknown    1         fails     maybe             unknown    untaint, adopt
  taint purchase           adopted    1         succeeds  (charged)         adopted
  taint purchase           withdrawn  1         succeeds  (nothing)         withdrawn

  taint order              bought     1         succeeds  (charged)         bought
  taint order              pending    1         succeeds  (maybe)           pending
  taint order              checkout   1         fails     maybe             checkout   attempt
  taint order              failed     1         fails     nothing           failed     attempt
  taint order              refused    1         fails     nothing           refused    attempt
  taint order              notSent    1         succeeds  charged(nothing)  bought
  taint order              unknown    1         fails     maybe             unknown    attempt
  taint order              adopted    1         succeeds  (charged)         adopted
  taint order              withdrawn  1         succeeds  (nothing)         withdrawn

  taint both               bought     1         fails     charged           bought     untaint
  taint both               pending    1         fails     maybe             pending    untaint
  taint both               checkout   1         fails     maybe             checkout   untaint, attempt
  taint both               failed     1         fails     nothing           failed     untaint, attempt
  taint both               refused    1         fails     nothing           refused    untaint, attempt
  taint both               notSent    1         succeeds  charged(nothing)  bought
  taint both               unknown    1         fails     maybe             unknown    untaint, adopt
  taint both               adopted    1         succeeds  charged           adopted
  taint both               withdrawn  1         succeeds  (nothing)         withdrawn

  lose purchase            bought     1         succeeds  charged           bought
  lose purchase            pending    1         succeeds  maybe             pending
  lose purchase            checkout   1         fails     maybe             checkout   attempt
  lose purchase            failed     1         fails     nothing           failed     attempt
  lose purchase            refused    1         fails     nothing           refused    attempt
  lose purchase            notSent    1         succeeds  charged           bought
  lose purchase            unknown    1         fails     maybe             unknown    adopt
  lose purchase            adopted    1         succeeds  (charged)         adopted
  lose purchase            withdrawn  1         succeeds  (nothing)         withdrawn

  lose order               bought     1         succeeds  (charged)         bought
  lose order               pending    1         succeeds  (maybe)           pending
  lose order               checkout   1         fails     maybe             checkout   attempt
  lose order               failed     1         fails     nothing           failed     attempt
  lose order               refused    1         fails     nothing           refused    attempt
  lose order               notSent    1         succeeds  charged           bought
  lose order               unknown    1         fails     maybe             unknown    attempt
  lose order               adopted    1         succeeds  (charged)         adopted
  lose order               withdrawn  1         succeeds  (nothing)         withdrawn

  lose both                bought     1         fails     charged           -          adopt its own
  lose both                pending    1         fails     maybe             -          adopt its own
  lose both                checkout   1         fails     maybe             -          attempt
  lose both                failed     1         fails     nothing           -          attempt
  lose both                refused    1         fails     nothing           -          another name
  lose both                notSent    1         succeeds  charged           bought
  lose both                unknown    1         fails     maybe             -          adopt
  lose both                adopted    1         succeeds  charged           adopted
  lose both                withdrawn  1         succeeds  (nothing)         withdrawn

  move                     bought     1         succeeds  (charged)         bought
  move                     pending    1         succeeds  (maybe)           pending
  move                     checkout   1         fails     maybe             checkout   attempt
  move                     failed     1         fails     nothing           failed     attempt
  move                     refused    1         fails     nothing           refused    attempt
  move                     notSent    1         succeeds  charged           bought
  move                     unknown    1         fails     maybe             unknown    attempt
  move                     adopted    1         succeeds  (charged)         adopted
  move                     withdrawn  1         succeeds  (nothing)         withdrawn

  copy                     bought     1         succeeds  (charged)         bought
  copy                     pending    1         succeeds  (maybe)           pending
  copy                     checkout   1         fails     maybe             checkout   attempt
  copy                     failed     1         fails     nothing           failed     attempt
  copy                     refused    1         fails     nothing           refused    attempt
  copy                     notSent    0         fails     nothing           notSent    attempt
  copy                     unknown    1         fails     maybe             unknown    adopt
  copy                     adopted    1         succeeds  (charged)         adopted
  copy                     withdrawn  1         succeeds  (nothing)         withdrawn

  journal set back         bought     1         succeeds  (charged)         bought
  journal set back         pending    1         succeeds  (maybe)           pending
  journal set back         checkout   1         fails     maybe             checkout   attempt
  journal set back         failed     1         fails     nothing           failed     attempt
  journal set back         refused    1         fails     nothing           refused    attempt
  journal set back         notSent    1         succeeds  charged           bought
  journal set back         unknown    1         fails     maybe             unknown    attempt
  journal set back         adopted    1         succeeds  (charged)         adopted
  journal set back         withdrawn  1         succeeds  (nothing)         withdrawn

  journal gone             bought     1         succeeds  (charged)         bought
  journal gone             pending    1         succeeds  (maybe)           pending
  journal gone             checkout   1         fails     maybe             checkout   withdraw
  journal gone             failed     1         fails     nothing           failed     attempt
  journal gone             refused    1         fails     nothing           refused    attempt
  journal gone             notSent    0         fails     nothing           notSent    attempt
  journal gone             unknown    1         fails     maybe             unknown    adopt
  journal gone             adopted    1         succeeds  (charged)         adopted
  journal gone             withdrawn  1         succeeds  (nothing)         withdrawn

  journal off              bought     1         succeeds  (charged)         bought
  journal off              pending    1         succeeds  (maybe)           pending
  journal off              checkout   1         fails     maybe             checkout   adopt
  journal off              failed     1         fails     nothing           failed     attempt
  journal off              refused    1         fails     nothing           refused    attempt
  journal off              notSent    0         fails     nothing           notSent    attempt
  journal off              unknown    1         fails     maybe             unknown    attempt
  journal off              adopted    1         succeeds  (charged)         adopted
  journal off              withdrawn  1         succeeds  (nothing)         withdrawn

  overlapping updates      bought     1         succeeds  (charged)         bought
  overlapping updates      pending    2         fails     charged           pending    adopt the last
  overlapping updates      checkout   2         fails     charged           checkout   adopt the last
  overlapping updates      failed     2         fails     charged           failed     adopt the last
  overlapping updates      refused    2         fails     charged           refused    adopt the last
  overlapping updates      notSent    1         fails     charged           notSent    adopt the last
  overlapping updates      unknown    2         fails     charged           unknown    adopt the last
  overlapping updates      adopted    1         succeeds  (charged)         adopted
  overlapping updates      withdrawn  2         fails     charged           withdrawn  adopt the last
`;

/** The first rows. */
export const FOUND = "found out";

export const SENTENCE_NAMES = ["charged", "maybe", "nothing"] as const;
export type SentenceName = (typeof SENTENCE_NAMES)[number];

type Up = "succeeds" | "fails" | "stops";

export interface Cell {
  readonly step: string;
  readonly outcome: Outcome;
  readonly requests: number;
  readonly up: Up;
  readonly says: { readonly must: readonly SentenceName[]; readonly may: readonly SentenceName[] };
  /** Undefined where the state has no such purchase. */
  readonly after: Outcome | undefined;
  readonly wayOut: string | undefined;
}

export const CELLS: readonly Cell[] = TABLE.split("\n")
  .filter((line) => line.trim() !== "")
  .slice(1)
  .map(cellOf);

function cellOf(line: string): Cell {
  const [step = "", outcome, requests, up, says = "", after, wayOut] = line.trim().split(/ {2,}/);
  if (!isOutcome(outcome) || !(after === "-" || isOutcome(after)) || !isUp(up)) {
    throw new Error(`not a cell: ${line}`);
  }
  if (step !== FOUND && (up === "succeeds") !== (wayOut === undefined)) {
    throw new Error(`what fails has a way out: ${line}`);
  }
  return {
    step,
    outcome,
    requests: Number(requests),
    up,
    says: sentencesIn(says),
    after: after === "-" ? undefined : after,
    wayOut,
  };
}

function isUp(word: string | undefined): word is Up {
  return word === "succeeds" || word === "fails" || word === "stops";
}

function sentencesIn(says: string): Cell["says"] {
  const [, must = "", may = ""] = /^(\w*)(?:\((\w+)\))?$/.exec(says) ?? [];
  const named = [must, may].map((name) => SENTENCE_NAMES.filter((one) => one === name));
  if (named.flat().length === 0) throw new Error(`no sentence: ${says}`);
  return { must: named[0] ?? [], may: named[1] ?? [] };
}
