import type { dynamic } from "@pulumi/pulumi";
import type { ArmedOrder } from "../charge/armed-orders";
import { crashPoint } from "../charge/crash-points";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { MEANING, type Outcome, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Result } from "../domain/result";
import { lineOf, newsOf, reasonOf } from "../domain/wording";
import type { Knowledge } from "../journal/knowledge";
import type { OrderReference } from "../state/order-reference";
import { type KnownArguments, type PurchaseState, readPurchase } from "../state/purchase-state";
import { changedArguments, keepsItsTeam, type Wish, wishOf } from "./decision";
import { suggestion } from "./evidence";
import { type Action, ASKED_ABOUT, actionOf, type Findings } from "./findings";
import {
  isPersonsWord,
  isUnknown,
  knownArguments,
  knownOr,
  type Properties,
  type PurchaseDeclaration,
  readPurchaseDeclaration,
  UNKNOWN,
} from "./inputs";
import { failure, keyOf, withDefaults } from "./order";
import { contextOf, type Entry, outputsOf, present, standingReason } from "./outputs";
import { asJson, PartialFailure } from "./partial-failure";
import { knowsPatiently } from "./patience";
import type { OrderStep, Run } from "./run";
import {
  chargeLine,
  claimedElsewhere,
  inDoubt,
  leaseProblem,
  sentenceOfKnowledge,
  stopLine,
  summarize,
  unreachable,
} from "./wording";

type Ask = (order: OrderReference | undefined) => Promise<Knowledge>;

/**
 * The purchase itself. It decides by the outcome on record; sending is left to `Charges`. There is no `read`: without one a
 * refresh keeps what is on record, and nothing reads a purchase back.
 */
export function purchaseProvider(run: Run): dynamic.ResourceProvider<Properties, Properties> {
  return { configure: run.configure, check, diff, create, update, delete: forget };

  async function check(olds: Properties, news: Properties) {
    const declaration = readPurchaseDeclaration(news);
    const inputs = { ...withDefaults(news), summary: summarize(declaration) ?? UNKNOWN };
    delete (inputs as Properties).__forecast;
    // What is wrong with one that is on record is said by `diff`, which knows the sentence that is true of it.
    if (Object.keys(olds).length > 0) return { inputs, failures: [] };
    const first = await foresee(declaration);
    const failures = declaration.problems.map((problem) => failure(declaration, problem, first.sentence));
    if (declaration.isPreview && failures.length === 0 && first.line) console.log(first.line);
    return { inputs: { ...inputs, ...present({ __forecast: first.forecast }) }, failures };
  }

  /** `olds` are the outputs as they were kept. Never asks for a replacement: that would be another purchase. */
  async function diff(_id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    const { state, declaration } = read(olds, news);
    const action = await decide(state, declaration, (order) => run.knows(order));
    if (action.kind === "keep") {
      if (declaration.isPreview) previewKept(state, declaration);
      if (
        keepsItsTeam(state, declaration) &&
        changedArguments(state.arguments, declaration).includes("team")
      ) {
        const [kept, now] = [state.arguments.team, knownOr(declaration.arguments.team)].map(
          (team) => team ?? "the token's own default",
        );
        console.log(
          `ℹ️ ${declaration.name}: it keeps the team it was ordered for, ${kept}; the default is ${now} now.`,
        );
      }
      return { changes: MEANING[state.outcome].up === "fails" || state.completionMissing };
    }
    if (declaration.isPreview) await previewAction(state, declaration, action);
    return { changes: true };
  }

  async function create(news: Properties) {
    const declaration = readPurchaseDeclaration(news);
    const id = declaration.orderId as string;
    const [problem] = declaration.problems;
    if (problem) throw new Refusal(`${declaration.name}: ${problem.what}.`);
    const outs = await first(id, declaration, news);
    crashPoint("before-state", declaration.name);
    return { id, outs };
  }

  async function update(id: string, olds: Properties, news: Properties) {
    const { state, declaration } = read(olds, news);
    const action = await decide(state, declaration, (order) => knowsPatiently(run, order, declaration.name));
    const outs = await carryOut(action, id, state, declaration, olds, news);
    crashPoint("before-state", declaration.name);
    return { outs };
  }

  function read(olds: Properties, news: Properties) {
    const state = readPurchase(olds);
    if (state.order !== undefined) run.seen.add(state.order.orderId);
    return { state, declaration: readPurchaseDeclaration(news) };
  }

  /** What the program asks for, and what the journal knows. One question to the journal for each of two orders at most. */
  async function decide(state: PurchaseState, declaration: PurchaseDeclaration, ask: Ask): Promise<Action> {
    const wish = wishOf(state, declaration);
    const newer = newerOrder(state, declaration);
    if (newer === undefined && wish.kind === "keep" && !ASKED_ABOUT.includes(state.outcome)) return wish;
    let findings: Findings;
    try {
      const isAsked = wish.kind !== "keep" || ASKED_ABOUT.includes(state.outcome);
      findings = {
        onRecord: isAsked ? await ask(state.order) : { kind: "nothing" },
        newer: newer && { order: newer, known: await ask(newer) },
      };
    } catch (error) {
      const { what, firstDo } = unreachable(run.settings.journalFolder, error);
      const sentence = sentenceOf(state.outcome, "later", state.settled);
      if (!declaration.isPreview) {
        throw new Refusal(
          `${declaration.name}: ${what}`,
          `${firstDo}, then run \`pulumi up\` again.`,
          sentence,
        );
      }
      console.log(
        `ℹ️ ${declaration.name}: ${what} So it isn't known here whether it knows more of this purchase.`,
      );
      findings = { onRecord: { kind: "nothing" } };
    }
    return actionOf(state, wish, findings);
  }

  /** An order of an earlier run that was opened after the one on record, and may have been sent. */
  function newerOrder(state: PurchaseState, declaration: PurchaseDeclaration): OrderReference | undefined {
    const openings = openingsFor(declaration).filter(({ orderId }) => !run.armed.has(orderId));
    const recorded = openings.findIndex(({ orderId }) => orderId === state.order?.orderId);
    return openings.slice(recorded + 1).findLast(({ unarmed }) => !unarmed);
  }

  /** In a preview that opens another order, the engine knows nothing of it yet; those before it were seen by its step. */
  function openingsFor(declaration: PurchaseDeclaration): readonly OrderReference[] {
    return isUnknown(declaration.orderId) ? (stepOf(declaration)?.before ?? []) : declaration.openings;
  }

  function stepOf(declaration: PurchaseDeclaration): OrderStep | undefined {
    return run.orderSteps.get(keyOf(declaration));
  }

  function previewKept(state: PurchaseState, declaration: PurchaseDeclaration): void {
    const reason = standingReason(state);
    if (reason !== undefined) console.log(stopLine(declaration, reason));
  }

  async function previewAction(
    state: PurchaseState,
    declaration: PurchaseDeclaration,
    action: Action,
  ): Promise<void> {
    switch (action.kind) {
      case "wait":
        return refuseWhileWaiting(state, declaration, action);
      case "record":
        return console.log(recordLine(declaration, action.known));
      case "inDoubt":
        return console.log(stopLine(declaration, inDoubt(declaration, action.order.orderId, action.known)));
      case "buy":
      case "again": {
        const step = stepOf(declaration);
        if (step !== undefined && !step.opens) throw notOpened(declaration, step, state);
        if (state.outcome === "checkout") console.log(`⚠️ ${declaration.name}: ${OLD_SESSION}`);
        if (action.kind === "again")
          console.log(`🔁 ${declaration.name}: its request was never sent, so it is sent now.`);
        return console.log(chargeLine(declaration));
      }
    }
  }

  /** While another process may be sending, nothing is recorded, and no person can know how it will end. */
  function refuseWhileWaiting(
    state: PurchaseState,
    declaration: PurchaseDeclaration,
    { lease, wish }: Extract<Action, { kind: "wait" }>,
  ): void {
    const { what, firstDo } = leaseProblem(lease);
    const asked = { keep: "", adopt: "adopt", withdraw: "withdraw", buy: "a higher attempt" }[wish.kind];
    const refused = asked && ` Until then ${asked} is refused.`;
    const text = `${what}${refused}`;
    if (declaration.isPreview && wish.kind === "keep") {
      return console.log(stopLine(declaration, `${text} ${MAYBE_CHARGED} ${firstDo}.`));
    }
    run.armed.disarm(`${declaration.orderId}`);
    const sentence = state.outcome === "bought" ? CHARGED : MAYBE_CHARGED;
    throw new Refusal(`${declaration.name}: ${text}`, `${firstDo}, then run \`pulumi up\` again.`, sentence);
  }

  async function carryOut(
    action: Action,
    id: string,
    state: PurchaseState,
    declaration: PurchaseDeclaration,
    olds: Properties,
    news: Properties,
  ): Promise<Properties> {
    if (action.kind !== "buy" && action.kind !== "again") await letGo(declaration);
    switch (action.kind) {
      case "keep":
        return keep(state, declaration, olds);
      case "adopt":
        return adopt(action.id, declaration, news, { state, olds });
      case "withdraw":
        return withdraw(declaration, news, { state, olds });
      case "record":
        return record(id, action.order, action.known, declaration, news, olds);
      case "wait":
        refuseWhileWaiting(state, declaration, action);
        throw new Refusal(`${declaration.name}: waiting.`, "", MAYBE_CHARGED);
      case "inDoubt":
        throw await inDoubtError(declaration, action.order.orderId, action.known);
      default: {
        const order = run.armed.disarm(declaration.orderId as string);
        if (order) return buy(id, order, declaration, news, olds);
        throw notOpened(declaration, stepOf(declaration), state);
      }
    }
  }

  /** An order that was opened, and is not needed after all. */
  async function letGo(declaration: PurchaseDeclaration): Promise<void> {
    const order = run.armed.disarm(`${declaration.orderId}`);
    try {
      if (order?.reference.journal) await run.journal?.close(order.reference);
    } catch {
      // It stays open, and unused: no process has it any more.
    }
  }

  function notOpened(
    declaration: PurchaseDeclaration,
    step: OrderStep | undefined,
    state: PurchaseState,
  ): Refusal {
    const { name } = declaration;
    if (step?.claimedBy)
      return new Refusal(`${name}: ${claimedElsewhere(declaration, step.claimedBy)}`, "", "");
    const sentence = sentenceOf(state.outcome, "later", state.settled);
    if (step?.problem) {
      const { what, firstDo } = step.problem;
      return new Refusal(`${name}: ${what}`, then(firstDo), sentence);
    }
    return new Refusal(
      `${name}: no new order was opened for it in this update, so nothing is sent.`,
      `Run \`pulumi up\` again; if it says the same, set attempt: ${(state.arguments.attempt ?? 1) + 2}.`,
      sentence,
    );
  }

  /** Nothing new: where the outcome is one with which `pulumi up` fails, it fails the same way, and the record stays. */
  async function keep(
    state: PurchaseState,
    declaration: PurchaseDeclaration,
    olds: Properties,
  ): Promise<Properties> {
    const completed = state.completionMissing && (await writeCompletion(state, declaration.name));
    const reason = standingReason(state);
    // An error without an id changes nothing in the state.
    if (reason !== undefined) {
      const hint = state.outcome === "unknown" ? await suggestion(run, declaration) : "";
      throw new Refusal(`${declaration.name}: ${reason}${hint}`, "", "");
    }
    if (!completed) return asJson(olds);
    const { completionMissing: _written, ...record } = olds.__record as Properties;
    return asJson({ ...olds, __record: record });
  }

  async function writeCompletion(state: PurchaseState, name: string): Promise<boolean> {
    const { order, receipt, cause } = state;
    const outcome = state.outcome as Result["outcome"];
    try {
      if (order && run.journal) {
        await run.journal.complete(order.orderId, {
          outcome,
          status: state.status as Result["status"],
          receipt,
          cause,
        });
      }
      return true;
    } catch (error) {
      console.log(
        `⚠️ ${name}: the journal still can't keep its outcome: ${printable((error as Error).message, 300)}`,
      );
      return false;
    }
  }

  /** The first update of a purchase, or one whose record was lost, or a replacement: nothing tells them apart but its order. */
  async function first(id: string, declaration: PurchaseDeclaration, news: Properties): Promise<Properties> {
    const { name, openings } = declaration;
    if (isPersonsWord(declaration.arguments)) return personsWord(declaration, news);
    const order = run.armed.disarm(id);
    const step = stepOf(declaration);
    const last = (order ? openings.slice(0, -1) : openings).findLast(({ unarmed }) => !unarmed);
    let known: Knowledge;
    try {
      known = await knowsPatiently(run, last, name);
    } catch (error) {
      const { what, firstDo } = unreachable(run.settings.journalFolder, error);
      throw new Refusal(
        `${name}: ${what}`,
        then(firstDo),
        last === undefined ? NOTHING_CHARGED : MAYBE_CHARGED,
      );
    }
    const stops =
      known.kind === "completed" && ["bought", "pending", "checkout"].includes(known.result.outcome);
    if (order && !stops) return buy(id, order, declaration, news, undefined);
    if (order?.reference.journal) await run.journal?.close(order.reference);
    if (step?.claimedBy)
      throw new Refusal(`${name}: ${claimedElsewhere(declaration, step.claimedBy)}`, "", "");
    if (known.kind === "completed" || known.kind === "resolved") {
      return record(id, last, known, declaration, news, undefined);
    }
    if (step?.problem) {
      throw new Refusal(
        `${name}: ${step.problem.what}`,
        then(step.problem.firstDo),
        sentenceOfKnowledge(known),
      );
    }
    throw await inDoubtError(declaration, last?.orderId ?? id, known);
  }

  /** Adopted or withdrawn before it was ever on record here. */
  async function personsWord(declaration: PurchaseDeclaration, news: Properties): Promise<Properties> {
    const { name, arguments: args } = declaration;
    const last = declaration.openings.findLast(({ unarmed }) => !unarmed);
    let known: Knowledge;
    try {
      known = await knowsPatiently(run, last, name);
      if (known.kind === "inDoubt" && known.lease) throw waiting(declaration, leaseProblem(known.lease));
      if (last === undefined) known = await claimHolder(declaration);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const { what, firstDo } = unreachable(run.settings.journalFolder, error);
      throw new Refusal(`${name}: ${what}`, then(firstDo), MAYBE_CHARGED);
    }
    const order = last ?? declaration.openings.at(-1) ?? { orderId: `${declaration.orderId}`, attempt: 1 };
    const adopted = knownOr(args.adopt);
    return adopted === undefined
      ? withdraw(declaration, news, { known, order })
      : adopt(adopted, declaration, news, { known, order });
  }

  function waiting(
    { name }: PurchaseDeclaration,
    { what, firstDo }: { what: string; firstDo: string },
  ): Refusal {
    return new Refusal(`${name}: ${what}`, then(firstDo), MAYBE_CHARGED);
  }

  /** What is known of the order that holds the claim, where the state has none of its own. */
  async function claimHolder(declaration: PurchaseDeclaration): Promise<Knowledge> {
    const identity = declaration.openings.at(-1)?.identity;
    const by = identity && (await run.journal?.claimedElsewhere(identity, 0));
    if (by === undefined || by.unreadable !== undefined) return { kind: "nothing" };
    if (by.lease) throw waiting(declaration, leaseProblem(by.lease));
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

  /** Uses the order, once, and keeps what came of it, whatever it was. */
  async function buy(
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
      return put(id, reference, result, "now", declaration, news, olds);
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
    return put(id, reference, result, "now", declaration, news, olds, { record: missing });
  }

  /** Puts an outcome on record: whole where `pulumi up` succeeds with it, else as a partial failure. */
  async function put(
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
    const context = contextOf(args, when, order.journal !== undefined);
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
      `${name}: its outcome is kept as "${outcome}". ${sentenceOf(outcome, when)} Why, and what to do now, repeats a secret ` +
      "argument: it is in the line above, and in the secret output reason."
    );
  }

  /**
   * Brings what the journal knows into the state, as if the run that learned it had not been cut short. Nothing is sent.
   */
  async function record(
    id: string,
    order: OrderReference | undefined,
    known: Knowledge,
    declaration: PurchaseDeclaration,
    news: Properties,
    olds: Properties | undefined,
  ): Promise<Properties> {
    if (known.kind !== "completed" && known.kind !== "resolved") {
      throw await inDoubtError(declaration, order?.orderId ?? id, known);
    }
    const contradiction = contradicts(declaration, known);
    if (contradiction) throw new Refusal(`${declaration.name}: ${contradiction}`, "", "");
    const reference: OrderReference =
      order?.orderId === known.order ? order : { orderId: known.order, attempt: known.ordered?.attempt ?? 1 };
    const ordered = known.ordered as KnownArguments | undefined;
    if (known.kind === "resolved") return recordResolution(reference, known, declaration, news, olds);
    const recorded = ordered?.attempt ?? reference.attempt;
    const wanted = Number(declaration.arguments.attempt);
    const isStopped = wanted > recorded;
    const suffix = isStopped ? ` So attempt ${wanted} was not used; set attempt back to ${recorded}.` : "";
    return put(id, reference, known.result, "later", declaration, news, olds, {
      ordered: { ...ordered, ...(ordered ? {} : declarationArguments(declaration)), attempt: recorded },
      record: isStopped ? { stoppedAttempt: wanted } : {},
      prefix: "nothing was sent now; recorded from the journal: ",
      suffix,
    });
  }

  function recordResolution(
    order: OrderReference,
    known: Extract<Knowledge, { kind: "resolved" }>,
    declaration: PurchaseDeclaration,
    news: Properties,
    olds: Properties | undefined,
  ): Properties {
    const { resolution, settled, vercelIds } = known;
    const isAdopted = "adopted" in resolution;
    const outcome = isAdopted ? "adopted" : "withdrawn";
    const receipt = isAdopted ? { intentId: resolution.adopted } : {};
    run.seen.add(order.orderId);
    console.log(
      `📎 ${declaration.name}: recorded as ${outcome}, as a person said in the journal. This run sent nothing. ` +
        sentenceOf(outcome, "now", settled),
    );
    return outputsOf(declaration, news, olds, {
      order,
      result: { outcome, receipt },
      ordered: { ...declarationArguments(declaration), ...(known.ordered as KnownArguments | undefined) },
      record: { settled, vercelIds: [...vercelIds] },
    });
  }

  /** Records a purchase that a person found. What was learned before stays. */
  async function adopt(
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
    await resolve(from, declaration, { adopted: intentId });
    console.log(
      `📎 ${declaration.name}: recorded ${printable(intentId, 200)} as this purchase. This run sent nothing. ${CHARGED}`,
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
  async function withdraw(
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
    await resolve(from, declaration, { withdrawn: true });
    const sentence = sentenceOf("withdrawn", "now", settled);
    const session = settled === "checkout" ? ` ${OLD_SESSION}` : "";
    console.log(
      `📎 ${declaration.name}: recorded as withdrawn. This run sent nothing. ${sentence}${session}`,
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

  /** Writes a person's word into the journal, once the order can't be sent any more. */
  async function resolve(
    from: Before,
    declaration: PurchaseDeclaration,
    word: { adopted: string } | { withdrawn: true },
  ): Promise<void> {
    const { order } = before(from);
    const newest = openingsFor(declaration).findLast(({ unarmed }) => !unarmed);
    const held = from.known && "order" in from.known ? [{ ...order, orderId: from.known.order }] : [];
    const orders = [
      ...new Map([order, ...held, ...(newest ? [newest] : [])].map((one) => [one.orderId, one])).values(),
    ];
    try {
      for (const one of orders.filter(({ unarmed }) => !unarmed)) {
        if (one.journal === undefined && held.every(({ orderId }) => orderId !== one.orderId)) continue;
        if ("withdrawn" in word && one.journal !== undefined) await run.journal?.close(one);
        await run.journal?.resolve(one.orderId, word);
      }
    } catch (error) {
      const why = printable((error as Error).message, 300);
      if ("withdrawn" in word) {
        const problem = unreachable(run.settings.journalFolder, error);
        throw new Refusal(`${declaration.name}: ${problem.what}`, then(problem.firstDo), MAYBE_CHARGED);
      }
      console.log(`⚠️ ${declaration.name}: the journal could not note the adoption: ${why}`);
    }
  }

  async function inDoubtError(
    declaration: PurchaseDeclaration,
    orderId: string,
    known: Knowledge,
  ): Promise<Refusal> {
    const hint = await suggestion(run, declaration);
    return new Refusal(`${declaration.name}: ${inDoubt(declaration, orderId, known)}${hint}`, "", "");
  }

  /**
   * What a purchase that is to be created will come to, as far as it can be told: for the line of a preview, for the review of
   * one, and for the sentence that is true of it.
   */
  async function foresee(declaration: PurchaseDeclaration): Promise<{
    sentence: string;
    forecast?: "records" | "fails" | "unsure";
    line?: string;
  }> {
    if (isPersonsWord(declaration.arguments)) return { sentence: NOTHING_CHARGED };
    const step = stepOf(declaration);
    const opens = isUnknown(declaration.orderId) || run.armed.has(declaration.orderId);
    if (step?.claimedBy) {
      const why = claimedElsewhere(declaration, step.claimedBy);
      const sentence = sentenceOf(step.claimedBy.outcome, "later", step.claimedBy.settled);
      return { sentence, forecast: "fails", line: stopLine(declaration, why) };
    }
    const openings = openingsFor(declaration).filter(({ orderId }) => !run.armed.has(orderId));
    const last = openings.findLast(({ unarmed }) => !unarmed);
    if (last === undefined && opens) return { sentence: NOTHING_CHARGED, line: chargeLine(declaration) };
    let known: Knowledge;
    try {
      known = await run.knows(last);
    } catch (error) {
      const { what } = unreachable(run.settings.journalFolder, error);
      const line = `⚠️ ${declaration.name}: ${what} So it isn't known here whether it will be bought. ${MAYBE_CHARGED}`;
      return { sentence: MAYBE_CHARGED, forecast: "unsure", line };
    }
    const sentence = sentenceOfKnowledge(known);
    const stops =
      known.kind === "completed" && ["bought", "pending", "checkout"].includes(known.result.outcome);
    if (opens && !stops) return { sentence, line: chargeLine(declaration) };
    if (step?.problem) {
      const why = `${step.problem.what} ${sentence} ${then(step.problem.firstDo)}`;
      return { sentence, forecast: "fails", line: stopLine(declaration, why) };
    }
    if (known.kind === "completed" || known.kind === "resolved") {
      const outcome = known.kind === "completed" ? known.result.outcome : "adopted";
      const forecast =
        MEANING[outcome].up === "succeeds" && !contradicts(declaration, known) ? "records" : "fails";
      return { sentence, forecast, line: recordLine(declaration, known) };
    }
    const line = stopLine(declaration, inDoubt(declaration, last?.orderId ?? "?", known));
    return { sentence, forecast: known.kind === "nothing" ? "unsure" : "fails", line };
  }

  /** Forgets the purchase: nothing can be bought back. What is in doubt and can still charge is not forgotten. */
  async function forget(_id: string, olds: Properties): Promise<void> {
    const state = readPurchase(olds);
    const name = printable(state.name ?? "this purchase", 100);
    const { order, receipt } = state;
    // The other half of a replacement: the same purchase, which this update has put on record again.
    if (order !== undefined && run.seen.has(order.orderId)) return;
    const outcome = await lateOutcome(state);
    const sentence = sentenceOf(outcome, "later", state.settled);
    if (MEANING[outcome].destroy === "refuses" || state.altered !== undefined) {
      throw new Refusal(
        `${name} is not forgotten, because it is ${state.altered ?? outcome}.`,
        "Settle it first: set adopt to its id, or withdraw: true if it was not made, and run `pulumi up`. (If the program no " +
          "longer declares it: `npx pulumi-vercel-credits journal settle`, or `pulumi state delete` to drop the record.)",
        sentence,
      );
    }
    if (order !== undefined) {
      run.seen.add(order.orderId);
      try {
        if (order.journal !== undefined) {
          if (!MEANING[outcome].requestLeft) await run.journal?.close(order);
          await run.journal?.forget(order.orderId);
        }
      } catch (error) {
        const why = printable((error as Error).message, 300);
        console.log(
          `⚠️ ${name}: the journal could not note that it was forgotten, so it goes on stopping another order for it: ${why}`,
        );
      }
    }
    const kept =
      MEANING[outcome].money === "not charged" ? "" : " The credits stay, and nothing is refunded.";
    const what = [outcome, receipt.intentId].filter((word) => word !== undefined).join(", ");
    console.log(`🗑️ ${name}: forgotten (${what}). ${sentence}${kept}`);
  }

  async function lateOutcome(state: PurchaseState): Promise<Outcome> {
    if (!ASKED_ABOUT.includes(state.outcome)) return state.outcome;
    const known = await run.knows(state.order).catch(() => undefined);
    if (known?.kind === "completed" && known.result.outcome === "bought") return "bought";
    if (known?.kind === "resolved") return "adopted" in known.resolution ? "adopted" : "withdrawn";
    return state.outcome;
  }
}

/** Where a person's word comes to: a purchase on record, or what a journal knows of one that isn't. */
interface Before {
  readonly state?: PurchaseState;
  readonly olds?: Properties;
  readonly known?: Knowledge;
  readonly order?: OrderReference;
}

function before({ state, olds, known, order }: Before) {
  const fromJournal =
    known?.kind === "completed" ? known.result.outcome : known?.kind === "inDoubt" ? "unknown" : undefined;
  const settled = state && (state.settled ?? state.outcome);
  const vercelIds = state?.vercelIds ?? (known && "vercelIds" in known ? known.vercelIds : []);
  return {
    state,
    olds,
    settled: settled ?? fromJournal,
    vercelIds,
    order: state?.order ?? order ?? { orderId: "?", attempt: 1 },
  };
}

function receiptOf({ state, known }: Before): Result["receipt"] {
  return state?.receipt ?? (known?.kind === "completed" ? known.result.receipt : {});
}

const OLD_SESSION = "The old checkout session can still be paid: don't pay it.";

function then(firstDo: string): string {
  return /pulumi up/.test(firstDo) ? firstDo : `${firstDo.replace(/\.$/, "")}, then run \`pulumi up\` again.`;
}

function declarationArguments({ arguments: args }: PurchaseDeclaration): KnownArguments {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => !isUnknown(value)));
}

/** The line in which a preview says what the update will find in the journal. */
function recordLine(declaration: PurchaseDeclaration, known: Knowledge): string {
  const contradiction = contradicts(declaration, known);
  if (contradiction) return stopLine(declaration, contradiction);
  const { name } = declaration;
  if (known.kind === "resolved") {
    const outcome = "adopted" in known.resolution ? "adopted" : "withdrawn";
    return `📎 ${name}: nothing will be sent; it is recorded as ${outcome}, as a person said in the journal. ${sentenceOfKnowledge(known)}`;
  }
  if (known.kind !== "completed") return stopLine(declaration, sentenceOfKnowledge(known));
  const args = { ...declarationArguments(declaration), ...(known.ordered as KnownArguments | undefined) };
  const context = contextOf(args, "later", true);
  const words = newsOf(known.result, context);
  if (words === undefined) return stopLine(declaration, reasonOf(known.result, context) ?? "");
  return lineOf(known.result.outcome, name, `nothing will be bought; recorded from the journal: ${words}`);
}

/** Why what was bought can't be recorded as what the program says now, or undefined where it can. */
function contradicts(declaration: PurchaseDeclaration, known: Knowledge): string | undefined {
  if (known.kind !== "completed" || known.ordered === undefined) return undefined;
  const { outcome, receipt } = known.result;
  if (!["bought", "pending", "checkout"].includes(outcome)) return undefined;
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

export type { Wish };
