import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "../domain/messages";
import { present } from "../domain/objects";
import { MEANING, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import { ofSandbox } from "../domain/sandbox";
import { lineOf, newsOf, reasonOf } from "../domain/wording";
import { type Knowledge, outcomeOf } from "../journal/knowledge";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { KnownArguments, PurchaseState } from "../state/purchase-state";
import { mistakenAdoption } from "./adoption";
import { type Action, cutShort, sentenceOnRecord } from "./findings";
import { isPersonsWord, isUnknown, knownOr, type PurchaseDeclaration } from "./inputs";
import {
  newerOrders,
  newsAmong,
  openingsFor,
  refuseOfSandbox,
  sentenceOffRecord,
  stepOf,
  stopsAnother,
  type Unrecorded,
} from "./order-steps";
import { contextOf, standingReason } from "./outputs";
import { contradicts, declarationArguments } from "./recording";
import type { OrderStep, Run } from "./run";
import {
  chargeLine,
  claimedElsewhere,
  inDoubt,
  leaseProblem,
  mayBeCharged,
  OLD_SESSION,
  sentenceOfKnowledge,
  stopLine,
  thenUpAgain,
  underWay,
  unreachable,
} from "./wording";

/**
 * What a purchase that is to be created will come to, as far as it can be told: for the line of a preview, for the review of
 * one, and for the sentence that is true of it.
 */
export async function foresee(
  run: Run,
  declaration: PurchaseDeclaration,
): Promise<{
  sentence: string;
  forecast?: "records" | "fails" | "unsure";
  line?: string;
}> {
  await refuseOfSandbox(run, declaration, openingsFor(run, declaration));
  if (isPersonsWord(declaration.arguments)) {
    const id = knownOr(declaration.arguments.adopt);
    const line =
      id === undefined || !run.isPreview ? undefined : await mistakenAdoption(run, declaration, id);
    return { sentence: NOTHING_CHARGED, ...present({ line }) };
  }
  const step = stepOf(run, declaration);
  const opens = isUnknown(declaration.orderId) || run.armed.has(declaration.orderId);
  if (step?.claimedBy) {
    const why = claimedElsewhere(declaration, step.claimedBy);
    const sentence = sentenceOf(step.claimedBy.outcome, "later", step.claimedBy.settled);
    return { sentence, forecast: "fails", line: stopLine(declaration, why) };
  }
  const openings = openingsFor(run, declaration).filter(({ orderId }) => !run.armed.has(orderId));
  const before = openings.filter(({ unarmed }) => !unarmed);
  if (before.length === 0 && opens) return { sentence: NOTHING_CHARGED, line: chargeLine(declaration) };
  let news: Unrecorded | undefined;
  try {
    news = await newsAmong(before, (order) => run.knows(order));
  } catch (error) {
    const { what } = unreachable(run.settings.journal, error);
    const line = `⚠️ ${declaration.name}: ${what} So it isn't known here whether it will be bought. ${MAYBE_CHARGED}`;
    return { sentence: MAYBE_CHARGED, forecast: "unsure", line };
  }
  const known: Knowledge = news?.known ?? { kind: "nothing" };
  const sentence = sentenceOfKnowledge(known);
  if (opens && !stopsAnother(known)) {
    const line = chargeLine(declaration);
    if (news === undefined || sentence !== MAYBE_CHARGED || known.kind === "resolved")
      return { sentence, line };
    const { attempt } = news.order;
    const outcome = known.kind === "completed" ? known.result.outcome : "unknown";
    const before = mayBeCharged(declaration, { attempt, outcome }, sandboxOfOrder(news.order));
    return { sentence, line: `${before}\n${line}` };
  }
  if (step?.problem) {
    const said = await sentenceOffRecord(run, declaration, known);
    const why = `${step.problem.what} ${said} ${thenUpAgain(step.problem.firstDo)}`;
    return { sentence: said, forecast: "fails", line: stopLine(declaration, why) };
  }
  if (known.kind === "completed" || known.kind === "resolved") {
    const outcome = known.kind === "completed" ? known.result.outcome : outcomeOf(known.resolution);
    const forecast =
      MEANING[outcome].up === "succeeds" && !contradicts(declaration, known) ? "records" : "fails";
    return { sentence, forecast, line: recordLine(declaration, known) };
  }
  const why =
    known.kind === "inDoubt" && known.lease
      ? underWay(known.lease)
      : inDoubt(declaration, cutShort(news?.order.orderId ?? declaration.orderId, known));
  const line = stopLine(declaration, why);
  return { sentence, forecast: known.kind === "nothing" ? "unsure" : "fails", line };
}

export function previewKept(
  state: PurchaseState,
  declaration: PurchaseDeclaration,
  isUnjournaled?: boolean,
): void {
  const reason = standingReason(state, isUnjournaled);
  if (reason !== undefined) console.log(stopLine(declaration, reason));
}

export async function previewAction(
  run: Run,
  state: PurchaseState,
  declaration: PurchaseDeclaration,
  action: Action,
): Promise<void> {
  switch (action.kind) {
    case "wait":
      if (action.wish.kind !== "keep") throw refusedWhileWaiting(run, state, declaration, action);
      return console.log(stopLine(declaration, underWay(action.lease, sentenceWhileWaiting(state))));
    case "record":
      return console.log(recordLine(declaration, action.known));
    case "claimed":
      return console.log(stopLine(declaration, claimedElsewhere(declaration, action.by)));
    case "inDoubt":
      return console.log(stopLine(declaration, inDoubt(declaration, action.cause)));
    case "adopt": {
      const mistaken = await mistakenAdoption(run, declaration, action.id);
      if (mistaken !== undefined) console.log(mistaken);
      return;
    }
    case "buy":
    case "again": {
      const step = stepOf(run, declaration);
      if (step !== undefined && !step.opens) {
        throw notOpened(declaration, step, state, newerOrders(run, state, declaration));
      }
      if ((state.settled ?? state.outcome) === "checkout")
        console.log(`⚠️ ${declaration.name}: ${OLD_SESSION}`);
      const doubt = action.kind === "buy" ? await inDoubtBefore(run, state, declaration) : undefined;
      if (doubt !== undefined) console.log(mayBeCharged(declaration, doubt, state.sandbox));
      if (action.kind === "again")
        console.log(`🔁 ${declaration.name}: its request was never sent, so this update sends it.`);
      return console.log(chargeLine(declaration));
    }
  }
}

/** The last attempt of which nobody knows whether it bought: a higher one is another charge. */
async function inDoubtBefore(run: Run, state: PurchaseState, declaration: PurchaseDeclaration) {
  const newer = newerOrders(run, state, declaration);
  const news = await newsAmong(newer, (order) => run.knows(order)).catch(() => undefined);
  if (news?.known.kind === "inDoubt") return { attempt: news.order.attempt, outcome: "unknown" as const };
  const { outcome, arguments: args } = state;
  return MEANING[outcome].money === "in doubt" ? { attempt: args.attempt ?? 1, outcome } : undefined;
}

/** The line in which a preview says what the update will find in the journal. */
function recordLine(declaration: PurchaseDeclaration, known: Knowledge): string {
  const contradiction = contradicts(declaration, known);
  if (contradiction) return stopLine(declaration, contradiction);
  const { name } = declaration;
  if (known.kind === "resolved") {
    const outcome = outcomeOf(known.resolution);
    return `📎 ${name}: nothing will be sent; it is recorded as ${outcome}, as a person said in the journal. ${sentenceOfKnowledge(known)}${ofSandbox(declaration.sandbox)}`;
  }
  if (known.kind !== "completed") return stopLine(declaration, sentenceOfKnowledge(known));
  const args = { ...declarationArguments(declaration), ...(known.ordered as KnownArguments | undefined) };
  const context = contextOf(args, "later", true, declaration.sandbox);
  const words = newsOf(known.result, context);
  if (words === undefined) return stopLine(declaration, reasonOf(known.result, context) ?? "");
  return lineOf(known.result.outcome, name, `nothing will be bought; recorded from the journal: ${words}`);
}

/** While another process may be sending, nothing is recorded, and no person can know how it will end. */
export function refusedWhileWaiting(
  run: Run,
  state: PurchaseState,
  declaration: PurchaseDeclaration,
  { lease, wish }: Extract<Action, { kind: "wait" }>,
): Refusal {
  const { what, firstDo } = leaseProblem(lease);
  const asked = { keep: "", adopt: "adopt", withdraw: "withdraw", buy: "a higher attempt" }[wish.kind];
  const refused = asked && ` Until then ${asked} is refused.`;
  run.armed.disarm(`${declaration.orderId}`);
  return new Refusal(
    `${declaration.name}: ${what}${refused}`,
    thenUpAgain(firstDo),
    sentenceWhileWaiting(state),
  );
}

function sentenceWhileWaiting({ outcome }: PurchaseState): string {
  return outcome === "bought" ? CHARGED : MAYBE_CHARGED;
}

export function notOpened(
  declaration: PurchaseDeclaration,
  step: OrderStep | undefined,
  state: PurchaseState,
  newer: readonly OrderReference[],
): Refusal {
  const { name } = declaration;
  if (step?.claimedBy)
    return new Refusal(`${name}: ${claimedElsewhere(declaration, step.claimedBy)}`, "", "");
  const sentence = sentenceOnRecord(state, newer);
  if (step?.problem) {
    const { what, firstDo } = step.problem;
    return new Refusal(`${name}: ${what}`, thenUpAgain(firstDo), sentence);
  }
  return new Refusal(
    `${name}: no new order was opened for it in this update, so nothing is sent.`,
    `Run \`pulumi up\` again; if it says the same, set attempt: ${(state.arguments.attempt ?? 1) + 2}.`,
    sentence,
  );
}
