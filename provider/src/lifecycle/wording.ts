import type { JournalAddress } from "../domain/journal-address";
import { billingPage, MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { dollars } from "../domain/money";
import { creditsFor } from "../domain/order-arguments";
import { MEANING, type Outcome, sentenceOf, worseOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Cause } from "../domain/result";
import { ofSandbox } from "../domain/sandbox";
import { partsOfUrn } from "../domain/urn";
import { reasonOf } from "../domain/wording";
import type { Lease } from "../journal/claims";
import type { ClaimedElsewhere } from "../journal/journal";
import { type Knowledge, outcomeOf } from "../journal/knowledge";
import type { MadeUnder } from "../journal/made-under";
import { sandboxOfOrder } from "../state/order-reference";
import { type Declaration, isUnknown, knownOr, type PurchaseDeclaration } from "./inputs";
import { contextOf } from "./outputs";
import type { Problem } from "./run";

// What the lifecycle says. What an outcome means in words stands in `domain/wording.ts`; nothing here is ever read back.

/** The sentence that is true of a purchase, as far as its order's journal knows. */
export function sentenceOfKnowledge(known: Knowledge): string {
  if (known.kind === "completed") return sentenceOf(known.result.outcome, "later");
  if (known.kind === "neverSent") return NOTHING_CHARGED;
  if (known.kind !== "resolved") return MAYBE_CHARGED;
  return sentenceOf(outcomeOf(known.resolution), "later", known.settled);
}

export function unreachable(address: JournalAddress | undefined, error: unknown): Problem {
  const why = printable(error instanceof Error ? error.message : String(error), 300).replace(/\.$/, "");
  return {
    what: `The journal (vercelCredits:journal, ${printable(address?.shown ?? "off")}) can't be read or written: ${why}.`,
    firstDo: "Fix that",
  };
}

export function leaseProblem({ host, until, process }: Lease): Problem {
  return {
    what:
      `Process ${process.pid} on ${printable(host, 100)} may still be sending the request of this purchase's last order, ` +
      `until ${printable(until, 40)} at the latest.`,
    firstDo: "Wait until then",
  };
}

/** Another process may be sending: until that has ended, nothing is recorded, and no person can know how it will end. */
export function underWay(lease: Lease, sentence = MAYBE_CHARGED): string {
  const { what, firstDo } = leaseProblem(lease);
  return `${what} ${sentence} ${thenUpAgain(firstDo)}`;
}

/** An order that this run did not open, or may not use, of which nobody knows what came of it. */
export function inDoubt(
  { arguments: { attempt, team }, openings }: PurchaseDeclaration,
  cause: Cause,
): string {
  // The program can be back at an attempt before the last one that was opened.
  const last = Math.max(Number(attempt), ...openings.map((order) => order.attempt));
  const args = { team: knownOr(team), attempt: last };
  const sandbox = sandboxOfOrder(openings.at(-1));
  return reasonOf({ outcome: "unknown", receipt: {}, cause }, contextOf(args, "later", false, sandbox)) ?? "";
}

/** Another order for the same purchase came first. */
export function claimedElsewhere(declaration: Declaration, by: ClaimedElsewhere): string {
  const { attempt } = declaration.arguments;
  if (by.unreadable !== undefined) {
    return (
      `A record of the journal, ${printable(by.unreadable)}, can't be read, so another order for this purchase may have been ` +
      `sent. ${MAYBE_CHARGED} Look for it on ${billingPage(knownOr(declaration.arguments.team), declaration.sandbox)}, then set adopt to its id, or, ` +
      "if it was not made, remove that record from the journal."
    );
  }
  const { order, host, time, outcome, settled, intentId, lease } = by;
  const sentence = sentenceOf(outcome, "later", settled);
  const done = by.unsent ? "recorded by a person's word" : "sent";
  const first = `Order ${order}, opened on ${printable(host, 100)} and ${done} on ${printable(time, 40)} for this same purchase`;
  if (lease !== undefined) {
    return `${first}, may still be under way, until ${printable(lease.until, 40)} at the latest. ${MAYBE_CHARGED} Wait until it has ended, then run \`pulumi up\` again.`;
  }
  const higher = Math.max(by.attempt ?? 1, Number(knownOr(attempt) ?? 1)) + 1;
  const ways = [
    MEANING[outcome].money === "not charged" && outcome !== "checkout"
      ? ""
      : `Set adopt: "${printable(intentId ?? "<its intent or invoice id>", 200)}" to record it. `,
    `To buy another one, set attempt: ${higher} or declare it under another name.`,
  ].join("");
  return `${first}, has the outcome "${outcome}"${intentId === undefined ? "" : ` (${printable(intentId, 200)})`}. ${sentence} ${ways}`;
}

/**
 * What is true of a purchase where the journal has a later order for it than what is on record.
 *
 * @param onRecord The sentence that is true of what is on record.
 */
export function ofLaterOrder({ order, outcome, settled }: ClaimedElsewhere, onRecord: string): string {
  const sentence = worseOf(sentenceOf(outcome, "later", settled), onRecord);
  return `A later order of it (${order}) has the outcome ${outcome}. ${sentence}`;
}

/** One sentence a reviewer reads in a preview. */
export function summarize(declaration: Declaration): string | undefined {
  const { amount, adopt, creditType, team, withdraw } = declaration.arguments;
  if ([amount, adopt, creditType, team, withdraw].some(isUnknown)) return undefined;
  const what = `${dollars(amount as number)} of ${describeCredits(declaration)}`;
  if (adopt !== undefined) return `Records ${what} as bought elsewhere (${adopt}); charges nothing.`;
  if (withdraw !== undefined)
    return `Records that ${what} were not bought and aren't wanted; charges nothing.`;
  // Short: Pulumi cuts a text of more than 150 characters in a diff.
  const card =
    declaration.sandbox === undefined ? "to the team's card at once" : "at the sandbox (no money moves)";
  return `Buys ${what}, charged ${card} and not refundable.`;
}

/** The line in which a preview says what will be charged. */
export function chargeLine(declaration: Declaration): string {
  const { amount, adopt, withdraw } = declaration.arguments;
  const known = knownOr(amount);
  const what = known === undefined ? "an amount not known before the update" : dollars(known);
  const unless = isUnknown(adopt)
    ? ", unless adopt turns out to name an earlier purchase"
    : isUnknown(withdraw)
      ? ", unless withdraw turns out to be true"
      : "";
  const place = ofSandbox(declaration.sandbox);
  return `💳 ${declaration.name}: ${what} of ${describeCredits(declaration)} will be charged now${unless}. Not refundable.${place}`;
}

/** What is on record is of an address of this machine, where another is configured now. */
export function madeAtSandbox(
  { name, resource }: Declaration,
  { sandbox, outcome }: { readonly sandbox: string; readonly outcome: Outcome },
  endpoint: string,
  sentence: string,
): Refusal {
  const urn = resource?.urn ?? "<the purchase's URN, see `pulumi stack --show-urns`>";
  const halves = [urn, urn.replace("vercel:CreditPurchase::", "vercel:PurchaseOrder::")];
  return new Refusal(
    `${name}: what is on record of it (its outcome is ${outcome}) was made at the sandbox ${printable(sandbox, 200)}, and not at ` +
      `Vercel; the address configured now is ${printable(endpoint, 200)}.`,
    `Set VERCEL_API_URL=${printable(sandbox, 200)} again to go on there. To buy it at Vercel, declare it in another stack, or drop ` +
      `the record of the sandbox first: ${halves.map((half) => `\`pulumi state unprotect '${half}' --yes\``).join(", ")} and ` +
      `\`pulumi destroy ${halves.map((half) => `--target '${half}'`).join(" ")}\`. (Without --target it deletes the whole stack.)${ofSandbox(printable(sandbox, 200))}`,
    sentence,
  );
}

/** With another address of this machine, it goes on. */
export function anotherSandbox({ name }: Declaration, made: string, now: string): string {
  return `ℹ️ ${name}: it was made at the sandbox ${printable(made, 200)}; ${printable(now, 200)} is configured now.`;
}

/** The line in which a preview says that an update would stop at this purchase. */
export function stopLine({ name }: Declaration, why: string): string {
  return `⚠️ ${name}: nothing will be bought, and \`pulumi up\` will fail: ${why}`;
}

function describeCredits({ arguments: { creditType, team } }: Declaration): string {
  return creditsFor(knownOr(creditType), isUnknown(team) ? "(not known before the update)" : team);
}

/** What to do, so that it ends in another `pulumi up`. */
export function thenUpAgain(firstDo: string): string {
  if (firstDo === "") return "Fix that, then run `pulumi up` again.";
  return /pulumi up/.test(firstDo) ? firstDo : `${firstDo.replace(/\.$/, "")}, then run \`pulumi up\` again.`;
}

/** Nobody knows how an attempt ended, and another is bought now: that doesn't take its place. */
export function mayBeCharged(
  { name, arguments: { attempt } }: Declaration,
  before: { readonly attempt: number; readonly outcome: Outcome },
  sandbox: string | undefined,
): string {
  const next = isUnknown(attempt) ? "The next attempt" : `Attempt ${attempt}`;
  return (
    `⚠️ ${name}: nobody knows whether attempt ${before.attempt} bought (its outcome is ${before.outcome}). ${MAYBE_CHARGED} ${next} is ` +
    `another charge.${ofSandbox(sandbox)}`
  );
}

/** A purchase can be taken over once. A person may know better than the journal, so this stops nothing. */
export function adoptsAnothers({ name }: Declaration, id: string, other: MadeUnder): string {
  const { order, outcome, identity } = other;
  const { project, stack } = partsOfUrn(identity?.urn ?? "");
  const place = project === undefined ? "" : ` of ${project}/${stack}`;
  return (
    `⚠️ ${name}: adopt names ${printable(id, 200)}, which the journal has as another purchase, ` +
    `${printable(`"${other.name ?? "?"}"${place}`, 300)} (${order}), with the outcome ${outcome}. ` +
    `${sentenceOf(outcome, "later")} If that is not the one you mean, correct adopt.${ofSandbox(sandboxOfOrder(other))}`
  );
}

/** A person gave up a checkout session, which Vercel still has. */
export const OLD_SESSION = "The old checkout session can still be paid: don't pay it.";
