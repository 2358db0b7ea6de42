import { billingPage, printable } from "../domain/messages";
import { FINAL_ARGUMENTS } from "../domain/order-arguments";
import { MEANING, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { OrderReference } from "../state/order-reference";
import type { PurchaseState } from "../state/purchase-state";
import { type Declaration, isUnknown, knownOr, type Unknown } from "./inputs";

/**
 * What a program asks of a purchase that is on record, judged by the outcome on record alone.
 * - `keep`: nothing new. Where the outcome is one with which `pulumi up` fails, it fails the same way. `isUnjournaled`: the
 *   journal was asked, and knows nothing of it.
 * - `adopt`, `withdraw`: a person's word. Nothing is sent.
 * - `buy`: a higher attempt, which is a person's word that the tries before did not buy.
 */
export type Wish =
  | { readonly kind: "keep"; readonly isUnjournaled?: boolean }
  | { readonly kind: "adopt"; readonly id: string }
  | { readonly kind: "withdraw" }
  | { readonly kind: "buy"; readonly attempt: number | Unknown };

/**
 * Throws a `Refusal` where the record doesn't allow what the program says.
 *
 * @param sentence The one that is true of the purchase.
 * @param newer Orders that were opened after the one on record, and have no outcome in the state.
 */
export function wishOf(
  state: PurchaseState,
  declaration: Declaration,
  sentence = sentenceOf(state.outcome, "later", state.settled),
  newer: readonly Pick<OrderReference, "attempt">[] = [],
): Wish {
  const { name } = declaration;
  const refuse = (what: string, firstDo: string) => new Refusal(`${name}: ${what}`, firstDo, sentence);
  if (state.altered !== undefined) {
    throw refuse(
      `its record in the state was changed by hand, and can't be relied on: ${state.altered}.`,
      `Look for it on ${billingPage(state.arguments.team, state.sandbox)}, and import a state in which it is as it was.`,
    );
  }
  const [problem] = declaration.problems;
  if (problem) throw refuse(`${problem.what}.`, problem.firstDo ?? `Change ${problem.property}.`);

  const { attempt, adopt } = declaration.arguments;
  const withdraw = knownOr(declaration.arguments.withdraw);
  const recorded = state.arguments.attempt ?? 1;
  const raised = isUnknown(attempt) || attempt > recorded;
  const isFinal = MEANING[state.outcome].anotherRequest === "never";
  const what = `its outcome is ${state.outcome}${state.receipt.intentId ? ` (${state.receipt.intentId})` : ""}`;
  const back = `Set attempt back to ${recorded}`;
  if (!isUnknown(attempt)) {
    if (attempt < recorded)
      throw refuse(`attempt can't be lowered from ${recorded} to ${attempt}.`, `${back}.`);
    if (raised && isFinal) {
      throw refuse(
        `attempt can't be raised to ${attempt}, because this purchase was made: ${what}.`,
        `${back}; to buy more, declare another CreditPurchase.`,
      );
    }
    if (raised && attempt <= (state.stoppedAttempt ?? 0)) {
      throw refuse(
        `attempt ${attempt} was set before it was known how attempt ${recorded} ended: ${what}.`,
        `${back} to keep that; to buy once more, set attempt: ${(state.stoppedAttempt ?? 0) + 1}.`,
      );
    }
  }
  // The attempt that was raised for an order in doubt is its own, and no further one.
  const isOfNewer = !isUnknown(attempt) && newer.some((order) => attempt <= order.attempt);
  if (raised && !isOfNewer && withdraw !== undefined) {
    throw refuse(
      "withdraw says that it isn't wanted, and a higher attempt that it is.",
      "Remove one of them.",
    );
  }
  refuseChanges(state, declaration, raised, refuse);

  const id = knownOr(adopt);
  if (id !== undefined && id !== state.arguments.adopt) {
    const { vercelIds } = state;
    if (vercelIds.length > 0 && !vercelIds.includes(id) && !raised) {
      throw refuse(
        `adopt "${printable(id, 200)}" contradicts the id that Vercel gave: ${what}.`,
        `Remove adopt, or name ${vercelIds.join(" or ")}. To record another purchase instead of it, raise attempt in the ` +
          "same change; to keep both, declare another CreditPurchase.",
      );
    }
    return { kind: "adopt", id };
  }
  if (withdraw !== undefined && (state.outcome !== "withdrawn" || isOfNewer)) {
    const requestLeft = state.settled !== undefined && MEANING[state.settled].requestLeft;
    const isPersonsWord = state.outcome === "adopted" && state.vercelIds.length === 0 && !requestLeft;
    if (isFinal && !isPersonsWord) {
      throw refuse(`withdraw is refused, because this purchase was made: ${what}.`, "Remove withdraw.");
    }
    return { kind: "withdraw" };
  }
  return raised && (adopt === undefined || isUnknown(adopt)) ? { kind: "buy", attempt } : { kind: "keep" };
}

type Refuse = (what: string, firstDo: string) => Refusal;

/** What was ordered. Once money may have moved for it, it can't be said to have been something else. */
function refuseChanges(
  state: PurchaseState,
  declaration: Declaration,
  raised: boolean,
  refuse: Refuse,
): void {
  const changed = changedArguments(state.arguments, declaration).filter(
    (argument) => !(argument === "team" && keepsItsTeam(state, declaration)),
  );
  const { changes } = MEANING[state.outcome];
  if (changed.length === 0 || changes === "freely") return;
  const list = changed
    .map((name) => `${name} from ${shown(state.arguments[name])} to ${shown(declaration.arguments[name])}`)
    .join(", ");
  // Nobody wrote that team: it came from the configuration or the environment, which has another now, or none.
  const isOnlyDefault =
    changed.length === 1 &&
    changed[0] === "team" &&
    (declaration.teamIsDefault || declaration.arguments.team === undefined);
  const back = isOnlyDefault
    ? `Set VERCEL_TEAM or vercel:team to ${shown(state.arguments.team)}, or name it as team`
    : `Set ${changed.join(", ")} back`;
  const said = isOnlyDefault
    ? `its team is the default, which was ${shown(state.arguments.team)} when it was ordered and is ${shown(declaration.arguments.team)} now, and can't change`
    : `can't change ${list}`;
  if (changes === "never") {
    throw refuse(
      `${said}, because this purchase is final: its outcome is ${state.outcome}.`,
      `${back}; to buy more, declare another CreditPurchase.`,
    );
  }
  if (!raised) {
    const next = (state.arguments.attempt ?? 1) + 1;
    throw refuse(
      `${said}, because this purchase is in doubt: its outcome is ${state.outcome}.`,
      `${back}. If it was not made, attempt: ${next} buys it anew, as changed.`,
    );
  }
}

/** Which of the arguments that say what was ordered differ from what is on record. */
export function changedArguments(
  recorded: { readonly [A in (typeof FINAL_ARGUMENTS)[number]]?: unknown },
  declaration: Declaration,
): (typeof FINAL_ARGUMENTS)[number][] {
  const { arguments: wanted } = declaration;
  return FINAL_ARGUMENTS.filter((name) => !isUnknown(wanted[name]) && wanted[name] !== recorded[name]);
}

/** A final purchase keeps the team it was ordered for, where only the default that it came from has changed. */
export function keepsItsTeam(
  state: PurchaseState,
  { teamIsDefault, arguments: { team } }: Declaration,
): boolean {
  const isOfEarlierVersion = state.order?.identity === undefined; // which didn't note where the team came from
  const wasDefault = state.teamIsDefault || state.arguments.team === undefined || isOfEarlierVersion;
  const isFinal = MEANING[state.outcome].changes === "never";
  return isFinal && wasDefault && (teamIsDefault || team === undefined);
}

function shown(value: unknown): string {
  return value === undefined ? "(none)" : printable(JSON.stringify(value), 100);
}
