import { CHARGED, MAYBE_CHARGED, printable } from "../domain/messages";
import { present } from "../domain/objects";
import { MEANING, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Result } from "../domain/result";
import { ofSandbox } from "../domain/sandbox";
import type { Lease } from "../journal/claims";
import { isAdopted, type Knowledge } from "../journal/knowledge";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { KnownArguments, PurchaseState } from "../state/purchase-state";
import { mistakenAdoption } from "./adoption";
import { knownOr, type Properties, type PurchaseDeclaration } from "./inputs";
import { laterClaim, openingsFor } from "./order-steps";
import { outputsOf } from "./outputs";
import { asJson } from "./partial-failure";
import { knowsPatiently } from "./patience";
import { declarationArguments } from "./recording";
import type { Run } from "./run";
import {
  claimedElsewhere,
  OLD_SESSION,
  ofLaterOrder,
  sentenceOfKnowledge,
  thenUpAgain,
  underWay,
  unreachable,
} from "./wording";

/** Where a person's word comes to: a purchase on record, or what a journal knows of one that isn't. */
interface Before {
  readonly state?: PurchaseState;
  readonly olds?: Properties;
  /** Of an order that the state doesn't have, or not yet. */
  readonly known?: Knowledge | undefined;
  readonly order?: OrderReference | undefined;
}

/** Adopted or withdrawn before it was ever on record here. */
export async function personsWord(
  run: Run,
  declaration: PurchaseDeclaration,
  news: Properties,
): Promise<Properties> {
  const { name, arguments: args } = declaration;
  const last = declaration.openings.findLast(({ unarmed }) => !unarmed);
  let known: Knowledge;
  try {
    known = last ? await knowsPatiently(run, last, name) : await claimHolder(run, declaration);
    if (known.kind === "inDoubt" && known.lease) throw waiting(declaration, known.lease);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { what, firstDo } = unreachable(run.settings.journal, error);
    throw new Refusal(`${name}: ${what}`, thenUpAgain(firstDo), MAYBE_CHARGED);
  }
  const own = declaration.openings.at(-1) ?? { orderId: `${declaration.orderId}`, attempt: 1 };
  // The order that holds the claim is the one that it was made under, if it was.
  const { unarmed: _unarmed, ...held } = own;
  const order = last ?? ("order" in known ? { ...held, orderId: known.order } : own);
  const adopted = knownOr(args.adopt);
  return adopted === undefined
    ? withdraw(run, declaration, news, { known, order })
    : adopt(run, adopted, declaration, news, { known, order });
}

/** Records a purchase that a person found. What was learned before stays. */
export async function adopt(
  run: Run,
  intentId: string,
  declaration: PurchaseDeclaration,
  news: Properties,
  from: Before,
): Promise<Properties> {
  const { state, olds, settled, vercelIds, order } = before(from);
  if (from.known?.kind === "completed" && vercelIds.length > 0 && !vercelIds.includes(intentId)) {
    const isRaised = Number(declaration.arguments.attempt) > order.attempt;
    if (from.known.result.outcome === "bought" || !isRaised) {
      throw new Refusal(
        `${declaration.name}: adopt "${printable(intentId, 200)}" contradicts the id that Vercel gave (${vercelIds.join(", ")}).`,
        `Set adopt: "${vercelIds[0]}".`,
        sentenceOfKnowledge(from.known),
      );
    }
  }
  const mistaken = await mistakenAdoption(run, declaration, intentId);
  if (mistaken !== undefined) console.log(mistaken);
  await resolve(run, from, declaration, { adopted: intentId });
  console.log(
    `📎 ${declaration.name}: recorded ${printable(intentId, 200)} as this purchase. This run sent nothing. ${CHARGED}${ofSandbox(sandboxOfOrder(order))}`,
  );
  const learned = receiptOf(from);
  if (state?.outcome === "bought") {
    return asJson({ ...olds, ...present({ adopt: intentId }) });
  }
  return outputsOf(declaration, news, olds, {
    order,
    result: { outcome: "adopted", receipt: { ...learned, intentId } },
    record: { ...present({ settled }), vercelIds: [...vercelIds] },
  });
}

/** A person's word that it was not made, and isn't wanted. */
export async function withdraw(
  run: Run,
  declaration: PurchaseDeclaration,
  news: Properties,
  from: Before,
): Promise<Properties> {
  const { olds, settled, vercelIds, order } = before(from);
  if (from.known?.kind === "completed" && from.known.result.outcome === "bought") {
    throw new Refusal(
      `${declaration.name}: withdraw is refused, because the journal knows that it was bought.`,
      "Remove withdraw.",
      CHARGED,
    );
  }
  refuseOverAdopted(declaration, from.known);
  // The state may be older than the journal.
  const later = from.state && (await laterClaim(run, from.state));
  const by = later?.order === order.orderId ? undefined : later;
  if (by !== undefined && MEANING[by.outcome].money === "charged") {
    throw new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, by)}`, "Remove withdraw.", "");
  }
  await resolve(run, from, declaration, { withdrawn: true });
  const session = settled === "checkout" ? ` ${OLD_SESSION}` : "";
  const said = by === undefined ? sentenceOf("withdrawn", "now", settled) : ofLaterOrder(by);
  console.log(
    `📎 ${declaration.name}: recorded as withdrawn. This run sent nothing. ${said}${session}${ofSandbox(sandboxOfOrder(order))}`,
  );
  const { team, creditType, amount } = from.state?.arguments ?? {};
  const ordered = from.state && {
    ...declarationArguments(declaration),
    ...present({ team, creditType, amount }),
  };
  return outputsOf(declaration, news, olds, {
    order,
    result: { outcome: "withdrawn", receipt: receiptOf(from) },
    ordered: ordered as KnownArguments | undefined,
    record: { ...present({ settled }), vercelIds: [...vercelIds] },
  });
}

/** Once a request left, what a person has adopted in the journal is not withdrawn, as what the state has as adopted isn't. */
export function refuseOverAdopted({ name }: PurchaseDeclaration, known: Knowledge | undefined): void {
  if (known?.kind !== "resolved" || !isAdopted(known) || !MEANING[known.settled].requestLeft) return;
  throw new Refusal(
    `${name}: withdraw is refused, because a person said in the journal that it was made.`,
    "Remove withdraw.",
    CHARGED,
  );
}

/** Writes a person's word into the journal, once the order can't be sent any more. */
async function resolve(
  run: Run,
  from: Before,
  declaration: PurchaseDeclaration,
  word: { adopted: string } | { withdrawn: true },
): Promise<void> {
  const { order } = before(from);
  const isJournaled = order.journal !== undefined || order.signature !== undefined;
  const isHeld = from.known !== undefined && "order" in from.known;
  try {
    // From here on none of its orders can be sent, whoever still has it, or it is under way at this moment.
    for (const one of openingsFor(run, declaration).filter(({ journal }) => journal !== undefined)) {
      if ((await run.journal?.close(one, { isUnneeded: true })) !== false) continue;
      const now = await run.knows(one);
      if (now.kind === "inDoubt" && now.lease) throw waiting(declaration, now.lease);
    }
    if (!order.unarmed && (isJournaled || isHeld)) await run.journal?.resolve(order.orderId, word);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = printable((error as Error).message, 300);
    if ("withdrawn" in word) {
      const problem = unreachable(run.settings.journal, error);
      throw new Refusal(`${declaration.name}: ${problem.what}`, thenUpAgain(problem.firstDo), MAYBE_CHARGED);
    }
    console.log(`⚠️ ${declaration.name}: the journal could not note the adoption: ${why}`);
  }
  // So the order may go where it was replaced: what it came to is on record.
  run.seen.add(order.orderId);
}

/** What is known of the order that holds the claim, where the state has none of its own. */
async function claimHolder(run: Run, declaration: PurchaseDeclaration): Promise<Knowledge> {
  const identity = declaration.openings.at(-1)?.identity;
  const by = identity && (await run.journal?.claimedElsewhere(identity, 0));
  if (by === undefined || by.unreadable !== undefined) return { kind: "nothing" };
  if (by.lease) throw waiting(declaration, by.lease);
  const about = {
    order: by.order,
    time: by.time,
    vercelIds: [by.intentId].filter((id) => id !== undefined),
  };
  if (by.outcome === "adopted" || by.outcome === "withdrawn" || by.outcome === "unknown") {
    return { kind: "inDoubt", ...about, vercelIds: [] };
  }
  const receipt = present({ intentId: by.intentId });
  return { kind: "completed", result: { outcome: by.outcome, receipt }, ...about };
}

/** Another process may be sending: see `underWay`. */
export function waiting({ name }: PurchaseDeclaration, lease: Lease): Refusal {
  return new Refusal(`${name}: ${underWay(lease)}`, "", "");
}

function before({ state, olds, known, order }: Before) {
  const ofJournal =
    known?.kind === "completed" ? known.result.outcome : known?.kind === "inDoubt" ? "unknown" : undefined;
  const ofState = state && (state.settled ?? state.outcome);
  const vercelIds = known && "vercelIds" in known ? known.vercelIds : (state?.vercelIds ?? []);
  return {
    state,
    olds,
    settled: ofJournal ?? ofState,
    vercelIds,
    order: order ?? state?.order ?? { orderId: "?", attempt: 1 },
  };
}

function receiptOf({ state, known }: Before): Result["receipt"] {
  return known?.kind === "completed" ? known.result.receipt : (state?.receipt ?? {});
}
