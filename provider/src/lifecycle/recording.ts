import type { ArmedOrder } from "../charge/armed-orders";
import { crashPoint } from "../charge/crash-points";
import { printable } from "../domain/messages";
import { type Outcome, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Cause, Result } from "../domain/result";
import { ofSandbox } from "../domain/sandbox";
import { lineOf, newsOf, reasonOf } from "../domain/wording";
import { isAdopted, type Knowledge, outcomeOf } from "../journal/knowledge";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { KnownArguments } from "../state/purchase-state";
import { changedArguments } from "./decision";
import { suggestion } from "./evidence";
import { cutShort } from "./findings";
import { isUnknown, knownArguments, type Properties, type PurchaseDeclaration } from "./inputs";
import { stopsAnother } from "./order-steps";
import { contextOf, type Entry, outputsOf } from "./outputs";
import { PartialFailure } from "./partial-failure";
import type { Run } from "./run";
import { claimedElsewhere, inDoubt } from "./wording";

/** Uses the order, once, and keeps what came of it, whatever it was. */
export async function buy(
  run: Run,
  id: string,
  order: ArmedOrder,
  declaration: PurchaseDeclaration,
  news: Properties,
  olds: Properties | undefined,
): Promise<Properties> {
  const wanted = knownArguments(declaration);
  const { reference } = order;
  if (JSON.stringify(order.arguments) !== JSON.stringify(wanted)) {
    const cause = {
      kind: "argumentsDiffer" as const,
      purchase: JSON.stringify(wanted),
      order: JSON.stringify(order.arguments),
    };
    const result: Result = { outcome: "notSent", receipt: {}, cause };
    return put(run, id, reference, result, "now", declaration, news, olds);
  }
  const charged = await run.charge(order);
  if (charged.kind === "claimed elsewhere") {
    throw new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, charged.by)}`, "", "");
  }
  if (charged.kind === "closed") {
    throw new Refusal(
      `${declaration.name}: another process has closed its order (${order.orderId}) meanwhile, so it was not sent.`,
      "Run `pulumi up` again.",
    );
  }
  const { result, completionMissing } = charged;
  if (completionMissing !== undefined && result.outcome !== "notSent") {
    console.log(
      `⚠️ ${declaration.name}: the journal could not keep the outcome: ${completionMissing}. The next update writes it.`,
    );
  }
  const missing = completionMissing === undefined ? {} : { completionMissing: true as const };
  return put(run, id, reference, result, "now", declaration, news, olds, { record: missing });
}

/** Puts an outcome on record: whole where `pulumi up` succeeds with it, else as a partial failure. */
export async function put(
  run: Run,
  id: string,
  order: OrderReference,
  result: Result,
  when: "now" | "later",
  declaration: PurchaseDeclaration,
  news: Properties,
  olds: Properties | undefined,
  more: Partial<Entry> & { readonly prefix?: string; readonly suffix?: string } = {},
): Promise<Properties> {
  const { name } = declaration;
  const args: KnownArguments = more.ordered ?? knownArguments(declaration);
  const sandbox = sandboxOfOrder(order);
  const context = contextOf(args, when, order.journal !== undefined, sandbox);
  const reason = reasonOf(result, context);
  const outs = outputsOf(declaration, news, olds, { ...more, order, result, reason });
  run.seen.add(order.orderId);
  if (reason === undefined) {
    const words = `${more.prefix ?? ""}${newsOf(result, context)}${more.suffix ?? ""}`;
    console.log(lineOf(result.outcome, name, words));
    return outs;
  }
  const hint = result.outcome === "unknown" ? await suggestion(run, declaration) : "";
  const message = `${name}: ${reason}${hint}${more.suffix ?? ""}`;
  crashPoint("before-state", name);
  throw new PartialFailure(
    id,
    outs,
    declaration.isSecret ? toldApart(message, name, result.outcome, when) : message,
  );
}

/** The engine keeps the message of a failure in the clear, so what repeats a secret is printed, and not part of it. */
function toldApart(message: string, name: string, outcome: Outcome, when: "now" | "later"): string {
  console.log(`⚠️ ${message}`);
  return (
    `${name}: its outcome is kept as "${outcome}". ${sentenceOf(outcome, when)} The reason and what to do now repeat a secret ` +
    "argument, so they are in the line above and in the secret output reason."
  );
}

/**
 * Brings what the journal knows into the state, as if the run that learned it had not been cut short. Nothing is sent.
 */
export async function record(
  run: Run,
  id: string,
  order: OrderReference | undefined,
  known: Knowledge,
  declaration: PurchaseDeclaration,
  news: Properties,
  olds: Properties | undefined,
): Promise<Properties> {
  if (known.kind !== "completed" && known.kind !== "resolved") {
    throw await inDoubtError(run, declaration, cutShort(order?.orderId ?? id, known));
  }
  const contradiction = contradicts(declaration, known);
  if (contradiction) throw new Refusal(`${declaration.name}: ${contradiction}`, "", "");
  const reference: OrderReference =
    order?.orderId === known.order ? order : { orderId: known.order, attempt: known.ordered?.attempt ?? 1 };
  const ordered = known.ordered as KnownArguments | undefined;
  if (known.kind === "resolved") return recordResolution(run, reference, known, declaration, news, olds);
  const recorded = ordered?.attempt ?? reference.attempt;
  const wanted = Number(declaration.arguments.attempt);
  const isStopped = wanted > recorded;
  const suffix = isStopped ? notUsed(wanted, recorded) : "";
  return put(run, id, reference, known.result, "later", declaration, news, olds, {
    ordered: { ...ordered, ...(ordered ? {} : declarationArguments(declaration)), attempt: recorded },
    record: isStopped ? { stoppedAttempt: wanted } : {},
    prefix: "nothing was sent now; recorded from the journal: ",
    suffix,
  });
}

function recordResolution(
  run: Run,
  order: OrderReference,
  known: Extract<Knowledge, { kind: "resolved" }>,
  declaration: PurchaseDeclaration,
  news: Properties,
  olds: Properties | undefined,
): Properties {
  const { resolution, settled, vercelIds } = known;
  const outcome = outcomeOf(resolution);
  const receipt = "adopted" in resolution ? { intentId: resolution.adopted } : {};
  const ordered = { ...declarationArguments(declaration), ...(known.ordered as KnownArguments | undefined) };
  const recorded = known.ordered?.attempt ?? order.attempt;
  const wanted = Number(declaration.arguments.attempt);
  const suffix = isAdopted(known) && wanted > recorded ? notUsed(wanted, recorded) : "";
  run.seen.add(order.orderId);
  console.log(
    `📎 ${declaration.name}: recorded as ${outcome}, as a person said in the journal. This run sent nothing. ` +
      `${sentenceOf(outcome, "now", settled)}${suffix}${ofSandbox(sandboxOfOrder(order))}`,
  );
  return outputsOf(declaration, news, olds, {
    order,
    result: { outcome, receipt },
    ordered: { ...ordered, attempt: recorded },
    record: { settled, vercelIds: [...vercelIds] },
  });
}

/** A higher attempt was set before it was known that it isn't needed. */
function notUsed(wanted: number, recorded: number): string {
  return ` So attempt ${wanted} was not used; set attempt back to ${recorded}.`;
}

export async function inDoubtError(
  run: Run,
  declaration: PurchaseDeclaration,
  cause: Cause,
  firstDo = "",
): Promise<Refusal> {
  const hint = await suggestion(run, declaration);
  return new Refusal(`${declaration.name}: ${inDoubt(declaration, cause)}${hint}`, firstDo, "");
}

/** Why what was bought can't be recorded as what the program says now, or undefined where it can. */
export function contradicts(declaration: PurchaseDeclaration, known: Knowledge): string | undefined {
  if (known.kind !== "completed" || !stopsAnother(known) || known.ordered === undefined) return undefined;
  const { outcome, receipt } = known.result;
  const { ordered } = known;
  const changed = changedArguments(ordered, declaration).filter(
    (argument) =>
      !(argument === "team" && (declaration.teamIsDefault || declaration.arguments.team === undefined)),
  );
  if (changed.length === 0) return undefined;
  const was = changed
    .map((argument) => `${argument} ${JSON.stringify(ordered[argument]) ?? "(none)"}`)
    .join(", ");
  return (
    `an earlier run ordered it with ${printable(was)} (${receipt.intentId ?? known.order}), with the outcome "${outcome}". ` +
    `${sentenceOf(outcome, "later")} Set ${changed.join(", ")} back to record it; to buy more, declare another ` +
    "CreditPurchase."
  );
}

export function declarationArguments({ arguments: args }: PurchaseDeclaration): KnownArguments {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => !isUnknown(value)));
}
