import { billingPage, printable, settingsPage } from "./messages";
import { dollars } from "./money";
import { type CreditType, creditsFor } from "./order-arguments";
import { MEANING, type Outcome, sentenceOf } from "./outcome";
import type { Receipt } from "./receipt";
import type { Cause, Result } from "./result";
import { ofSandbox } from "./sandbox";

/** What the words about a purchase need to know of it, beside its result. */
export interface WordingContext {
  readonly team: string | undefined;
  readonly attempt: number;
  readonly creditType: CreditType;
  /** In whole credits, that is dollars. */
  readonly amount: number;
  /** `now`: said by the update that found the result out. `later`: by one that finds it on record. */
  readonly when: "now" | "later";
  /** The address, where it is one of this machine: what is bought there is not bought at Vercel. */
  readonly sandbox?: string | undefined;
  /** Whether a journal has it that nothing was sent, so that the next update can go on by itself. */
  readonly journaled: boolean;
}

/**
 * Why a purchase did not buy, or why nobody knows, and what to do now: `<what happened> <sentence> <advice>`. Undefined
 * for an outcome with which `pulumi up` succeeds.
 */
export function reasonOf(result: Result, context: WordingContext): string | undefined {
  const { outcome } = result;
  if (outcome === "bought" || outcome === "pending") return undefined;
  const { what, advice } = WORDS[outcome](result, context);
  return `${quoted(what)} ${sentenceOf(outcome, context.when)} ${quoted(advice)}${ofSandbox(context.sandbox)}`;
}

/** The line about a purchase that Vercel took; undefined for every other outcome. `lineOf` puts the name before it. */
export function newsOf(result: Result, context: WordingContext): string | undefined {
  const { outcome } = result;
  if (outcome !== "bought" && outcome !== "pending") return undefined;
  const { what, advice } = NEWS[outcome](result, context);
  const words = `${quoted(what)} ${sentenceOf(outcome, context.when)}`;
  return `${advice === "" ? words : `${words} ${quoted(advice)}`}${ofSandbox(context.sandbox)}`;
}

/** A line to print about a purchase. */
export function lineOf(outcome: Outcome, name: string, words: string): string {
  return `${MEANING[outcome].money === "charged" ? "✅" : "⚠️"} ${printable(name, 100)}: ${words}`;
}

interface Words {
  readonly what: string;
  readonly advice: string;
}
type Wording = (result: Result, context: WordingContext) => Words;

const ANY_ID = "<its intent or invoice id>";

const WORDS: Record<Exclude<Result["outcome"], "bought" | "pending">, Wording> = {
  checkout: ({ receipt }, { team, attempt, when, sandbox }) => {
    const session = receipt.checkoutSessionUrl ?? receipt.checkoutSessionId;
    const there = session === undefined ? "" : ` at ${session}`;
    const instead =
      `give the team a default payment method${onPage(billingPage(team), sandbox)} and set attempt: ${attempt + 1} to buy it ` +
      "without a checkout (not both: the session can still be paid). If it isn't wanted any more, leave the session " +
      "unpaid and set withdraw: true.";
    return {
      what: "Vercel wants this purchase to be paid in a checkout session.",
      advice:
        when === "now"
          ? `Pay it${there} and set adopt: "${ANY_ID}", or ${instead}`
          : `If it was paid, set adopt: "${ANY_ID}", from ${billingPage(team, sandbox)}. If it wasn't, pay it${there} now, or ${instead}`,
    };
  },
  failed: ({ receipt: { intentId } }, { team, attempt, sandbox }) => ({
    what: `Vercel made the purchase${intentId === undefined ? "" : ` (${intentId})`}, and its payment failed.`,
    advice: `Fix the payment method${sandbox === undefined ? ` on ${billingPage(team)}` : ""}, then ${again(attempt, OR_WITHDRAW)}`,
  }),
  refused: ({ cause }, { team, attempt, sandbox }) => ({
    what: cause === undefined ? "Vercel refused the purchase." : whatHappened(cause),
    advice: `${fixOf(cause, team, sandbox)}, then ${again(attempt, OR_WITHDRAW)}`,
  }),
  notSent: ({ cause }, { attempt, journaled }) => {
    const fix = cause && fixBeforeSending(cause);
    const first = (next: string) => (fix === undefined ? capitalized(next) : `${fix}, then ${next}`);
    return {
      what: cause === undefined ? "The request was not sent." : whatHappened(cause),
      advice: journaled
        ? `${first("run `pulumi up` again.")} (Where its journal isn't available, ${again(attempt, ".)")}`
        : first(again(attempt)),
    };
  },
  unknown: ({ cause, receipt }, { team, attempt, sandbox }) => ({
    what: cause === undefined ? "It is not known how this purchase ended." : inDoubt(cause),
    advice:
      `Look for it on ${billingPage(team, sandbox)}. If it is there, set adopt: "${receipt.intentId ?? ANY_ID}". If it isn't, ` +
      `set attempt: ${attempt + 1} to buy it again, or withdraw: true if it isn't wanted any more.`,
  }),
};

const NEWS: Record<"bought" | "pending", Wording> = {
  bought: ({ receipt }, context) => ({ what: `bought ${purchase(receipt, context)}.`, advice: "" }),
  pending: ({ receipt, status }, context) => ({
    what:
      `warning: Vercel took the order for ${purchase(receipt, context)}, and ` +
      (status === "succeeded" || status === "failed"
        ? `says "${status}" in a kind of answer that is not documented (${receipt.intentKind ?? "no known kind"}).`
        : `its status is ${status === undefined ? "not known" : `"${printable(status)}"`}, which is not final.`),
    advice: `It won't be bought again. See ${billingPage(context.team, context.sandbox)} for how it ends.`,
  }),
};

function purchase(
  { intentId, total, currency }: Receipt,
  { amount, creditType, team }: WordingContext,
): string {
  const totals = total === undefined ? "" : `, total ${total} ${currency ?? ""}`.trimEnd();
  return `${dollars(amount)} of ${creditsFor(creditType, team)} (${intentId ?? "no intent id"}${totals})`;
}

/** Where at Vercel that is done; nowhere for what is of the sandbox, which has no such page. */
function onPage(page: string, sandbox: string | undefined): string {
  return sandbox === undefined ? ` (${page})` : "";
}

const OR_WITHDRAW = ", or withdraw: true if it isn't wanted any more.";

function again(attempt: number, end = "."): string {
  return `set attempt: ${attempt + 1} to try again${end}`;
}

/** What a cause says, as a sentence. */
function whatHappened(cause: Cause): string {
  switch (cause.kind) {
    case "notConnected":
      return `The request was not sent, because there was no connection to Vercel: ${sentence(cause.problem)}`;
    case "noAnswer":
      return `The request left for Vercel, and no answer came back: ${sentence(cause.problem)}`;
    case "answer":
      return answered(cause);
    case "overCap":
      return `The request was not sent, because ${sentence(cause.why)}`;
    case "afterDoubt":
      return `The request was not sent, because nobody knows how the purchase "${printable(cause.purchase, 100)}" of the same update ended.`;
    case "commandEnded":
      return "The request was not sent, because the pulumi command that asked for it has ended.";
    case "leaseEnded":
      return "The request was not sent, because this process was suspended for longer than its claim on the purchase lasts.";
    case "notWritable":
      return cause.what === "journal"
        ? `The request was not sent, because the journal (vercelCredits:journal) can't be written: ${sentence(cause.problem)}`
        : `The request was not sent, because the records of this update (in PULUMI_HOME or ~/.pulumi) can't be written: ${sentence(cause.problem)}`;
    case "cutShort":
      return cause.leftAt === undefined
        ? `Its order (${printable(cause.order, 100)}) was opened by an earlier run or used already, and no journal here knows what came of it.`
        : `Its order (${printable(cause.order, 100)}) was about to be sent on ${printable(cause.leftAt, 40)}, and no answer is on record.`;
    case "orderReplaced":
      return "Its order was replaced or lost (--replace, pulumi state taint, or an edit of the state), and nobody here knows what came of it.";
    case "argumentsDiffer":
      return `The request was not sent, because the purchase says ${printable(cause.purchase)} and its order says ${sentence(cause.order)}`;
  }
}

/** An error of Vercel's that is not on the list of those that rule a charge out. */
function inDoubt(cause: Cause): string {
  const isError = cause.kind === "answer" && cause.problem === undefined && cause.httpStatus >= 400;
  return isError ? `${whatHappened(cause)} That doesn't rule out a charge.` : whatHappened(cause);
}

function answered({ httpStatus, code, message, problem }: Extract<Cause, { kind: "answer" }>): string {
  const words = [code, message].filter(Boolean).join(": ");
  const answer = sentence(`Vercel answered ${httpStatus}${words && `, ${words}`}`, 1000);
  if (problem !== undefined) return `${answer} The answer can't be relied on: ${sentence(problem)}`;
  if (httpStatus >= 300 && httpStatus < 400) return `${answer} A redirect is not followed.`;
  return answer;
}

/** What has to be done before a request can be sent. */
function fixBeforeSending(cause: Cause): string | undefined {
  switch (cause.kind) {
    case "notConnected":
      return "Fix the connection";
    case "afterDoubt":
      return `Settle the purchase "${printable(cause.purchase, 100)}" first`;
    case "overCap":
      return "Change the purchase or the cap";
    case "notWritable":
      return "Fix that";
    case "argumentsDiffer":
      return "Remove the transform or ignoreChanges that changes only one of them";
    default:
      return undefined;
  }
}

/** What has to be fixed after a refusal, and the page of the team where that is done. */
interface Fix {
  readonly what: string;
  readonly page?: "/billing" | "/members";
}

const PAY: Fix = { what: "Give the team a working payment method", page: "/billing" };
const PLAN: Fix = {
  what: "Change the team's plan, or buy a credit type that its plan allows",
  page: "/billing",
};
const ROLE: Fix = {
  what: "Use the token of a member of this team who may buy (role Owner, Member, Developer, Security or Billing)",
  page: "/members",
};

/** Codes seen from this endpoint; most are not on its page. */
const FIX_BY_CODE: ReadonlyMap<string, Fix> = new Map([
  ["missing_stripe_customer", PAY],
  ["payment_failed", PAY],
  ["purchase_create_failed", PAY],
  ["purchase_confirm_failed", PAY],
  ["purchase_create_hosted_failed", PAY],
  [
    "invalid_v0_subscription",
    { what: "Change the team's plan: v0 credits need a paid v0 plan", page: "/billing" },
  ],
  ["invalid_plan", PLAN],
  ["invalid_plan_iteration", PLAN],
  ["missing_subscription", PLAN],
  ["already_on_plan", PLAN],
  ["invalid_status", PLAN],
  ["forbidden", ROLE],
]);

const FIX_BY_STATUS: ReadonlyMap<number, Fix> = new Map([
  [401, { what: "Set a valid token (vercel:apiToken or VERCEL_API_TOKEN)" }],
  [402, PAY],
  [403, ROLE],
  [404, { what: "Check the team (argument team, vercel:team or VERCEL_TEAM) and vercel:apiUrl" }],
  [429, { what: "Wait until Vercel's rate limit allows it" }],
]);

function fixOf(cause: Cause | undefined, team: string | undefined, sandbox: string | undefined): string {
  if (cause?.kind !== "answer") return "Fix what it was refused for";
  const fix = FIX_BY_CODE.get(cause.code ?? "") ?? FIX_BY_STATUS.get(cause.httpStatus);
  if (fix === undefined) return "Fix what it names";
  return fix.page === undefined ? fix.what : `${fix.what}${onPage(settingsPage(team, fix.page), sandbox)}`;
}

/** Foreign words as the end of a sentence. */
function sentence(words: string, longest?: number): string {
  return `${printable(words, longest).replace(/[.\s]+$/, "")}.`;
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Nobody else says the three sentences: where a server or a name holds one, it is no longer word for word. */
function quoted(words: string): string {
  return printable(words, Number.POSITIVE_INFINITY).replaceAll(
    /(Nothing was|The card was|The card may have been) charged\./g,
    '$1 "charged".',
  );
}
