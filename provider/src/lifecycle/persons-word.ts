import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { present } from "../domain/objects";
import { cannotCharge, MEANING, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Result } from "../domain/result";
import { ofSandbox } from "../domain/sandbox";
import type { Lease } from "../journal/claims";
import type { ClaimedElsewhere } from "../journal/journal";
import { isAdopted, type Knowledge, type PersonsWord } from "../journal/knowledge";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { KnownArguments, PurchaseState } from "../state/purchase-state";
import { mistakenAdoption } from "./adoption";
import { knownArguments, knownOr, type Properties, type PurchaseDeclaration } from "./inputs";
import { laterClaim, newsAmong, openingsFor } from "./order-steps";
import { outputsOf } from "./outputs";
import { asJson } from "./partial-failure";
import { knowsPatiently } from "./patience";
import { declarationArguments } from "./recording";
import type { Run } from "./run";
import {
  claimedElsewhere,
  OLD_SESSION,
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
  const opened = declaration.openings.filter(({ unarmed }) => !unarmed);
  let known: Knowledge;
  let last: OrderReference | undefined;
  try {
    // An order that was opened and not used hides none before it.
    const news = await newsAmong(opened, (order) => knowsPatiently(run, order, name));
    last = news?.order;
    known = news?.known ?? (await claimHolder(run, declaration));
    if (known.kind === "inDoubt" && known.lease) throw waiting(declaration, known.lease);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { what, firstDo } = unreachable(run.settings.journal, error);
    const sentence = opened.length === 0 ? NOTHING_CHARGED : MAYBE_CHARGED;
    throw new Refusal(`${name}: ${what}`, thenUpAgain(firstDo), sentence);
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
  const later = await laterOrder(run, from, declaration);
  if (later?.outcome === "bought" && later.intentId !== undefined && later.intentId !== intentId) {
    throw contradiction(declaration, intentId, [later.intentId], CHARGED);
  }
  const known = from.known;
  if (
    (known?.kind === "completed" || known?.kind === "resolved") &&
    vercelIds.length > 0 &&
    !vercelIds.includes(intentId)
  ) {
    const isRaised = Number(declaration.arguments.attempt) > order.attempt;
    if ((known.kind === "completed" && known.result.outcome === "bought") || !isRaised) {
      throw contradiction(declaration, intentId, vercelIds, sentenceOfKnowledge(known));
    }
  }
  const mistaken = await mistakenAdoption(run, declaration, intentId);
  if (mistaken !== undefined) console.log(mistaken);
  await resolve(run, from, declaration, { adopted: intentId }, later);
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

function contradiction(
  { name }: PurchaseDeclaration,
  adopted: string,
  vercelIds: readonly string[],
  sentence: string,
): Refusal {
  const [own = "?"] = vercelIds;
  return new Refusal(
    `${name}: adopt "${printable(adopted, 200)}" contradicts the id that Vercel gave (${printable(vercelIds.join(", "), 500)}).`,
    `Set adopt: "${printable(own, 200)}".`,
    sentence,
  );
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
  const by = await laterOrder(run, from, declaration);
  if (by !== undefined && MEANING[by.outcome].money === "charged") {
    throw new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, by)}`, "Remove withdraw.", "");
  }
  await resolve(run, from, declaration, { withdrawn: true }, by);
  const isOpen = settled === "checkout" || by?.outcome === "checkout" || by?.settled === "checkout";
  const session = isOpen ? ` ${OLD_SESSION}` : "";
  const said = sentenceOf("withdrawn", "now", isOpen ? "checkout" : settled);
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
  word: PersonsWord,
  later: ClaimedElsewhere | undefined,
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
    if (order.unarmed) await claimByWord(run, order, declaration, word);
    else if (isJournaled || isHeld) await run.journal?.resolve(order.orderId, word);
    // The state is older than the journal: the word is about what came later, too.
    if (later !== undefined && !cannotCharge(later.outcome)) await run.journal?.resolve(later.order, word);
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
  if (later !== undefined) run.seen.add(later.order);
}

/** Without a journal, or an identity, only the state knows of it. */
async function claimByWord(
  run: Run,
  { orderId, identity }: OrderReference,
  declaration: PurchaseDeclaration,
  word: PersonsWord,
): Promise<void> {
  if (identity === undefined) return;
  const args = knownArguments(declaration);
  const about = { orderId, name: declaration.name, identity, arguments: args };
  const lease = await run.journal?.claimByWord(about, word);
  if (lease) throw waiting(declaration, lease);
}

/** An order that was sent after the one on record, where the state is older than the journal, or its order was replaced. */
async function laterOrder(
  run: Run,
  from: Before,
  declaration: PurchaseDeclaration,
): Promise<ClaimedElsewhere | undefined> {
  const later = from.state && (await laterClaim(run, from.state));
  if (later === undefined || later.order === before(from).order.orderId) return undefined;
  if (later.lease) throw waiting(declaration, later.lease);
  const meant = knownOr(declaration.arguments.attempt) ?? 1;
  const isInDoubt = MEANING[later.outcome].money !== "charged" && !cannotCharge(later.outcome);
  if (isInDoubt && later.attempt !== undefined && meant < later.attempt) {
    throw new Refusal(
      `${declaration.name}: a later order for this purchase, ${later.order} (attempt ${later.attempt}), has the outcome ` +
        `"${later.outcome}", and attempt is ${meant}.`,
      knownOr(declaration.arguments.adopt) === undefined
        ? `If it was not made either, run \`npx pulumi-vercel-credits journal settle ${later.order} --withdraw\` first.`
        : `If the id is that order's, set attempt: ${later.attempt} beside it.`,
      sentenceOf(later.outcome, "later", later.settled),
    );
  }
  return later;
}

/** What is known of the order that holds the claim, where the state has none of its own. */
async function claimHolder(run: Run, declaration: PurchaseDeclaration): Promise<Knowledge> {
  const identity = declaration.openings.at(-1)?.identity;
  const by = identity && (await run.journal?.claimedElsewhere(identity, 0));
  if (by === undefined) return { kind: "nothing" };
  if (by.unreadable !== undefined) {
    // What can't be read may have charged: only a person who found it can say so.
    if (declaration.arguments.adopt !== undefined) return { kind: "nothing" };
    throw new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, by)}`, "", "");
  }
  if (by.lease) throw waiting(declaration, by.lease);
  const about = { order: by.order, time: by.time, vercelIds: by.vercelIds };
  if (by.outcome === "unknown") return { kind: "inDoubt", ...about };
  if (by.outcome === "adopted" || by.outcome === "withdrawn") {
    const resolution: PersonsWord =
      by.outcome === "adopted" ? { adopted: by.intentId ?? "?" } : { withdrawn: true };
    return { kind: "resolved", resolution, settled: by.settled ?? "unknown", ...about };
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
    known?.kind === "completed"
      ? known.result.outcome
      : known?.kind === "resolved"
        ? known.settled
        : known?.kind === "inDoubt"
          ? "unknown"
          : undefined;
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
