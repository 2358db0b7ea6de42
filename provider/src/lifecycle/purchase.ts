import type { dynamic } from "@pulumi/pulumi";
import type { ArmedOrder } from "../charge/armed-orders";
import { crashPoint } from "../charge/crash-points";
import { MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { present } from "../domain/objects";
import { cannotCharge, MEANING } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { Cause, Result } from "../domain/result";
import type { Knowledge } from "../journal/knowledge";
import type { OrderReference } from "../state/order-reference";
import { type PurchaseState, readPurchase } from "../state/purchase-state";
import { changedArguments, keepsItsTeam, wishOf } from "./decision";
import { suggestion } from "./evidence";
import { type Action, ASKED_ABOUT, actionOf, cutShort, type Findings, sentenceOnRecord } from "./findings";
import { forget } from "./forgetting";
import {
  isPersonsWord,
  isUnknown,
  knownOr,
  type Properties,
  type PurchaseDeclaration,
  readPurchaseDeclaration,
  UNKNOWN,
} from "./inputs";
import { failure, keyOf, withDefaults } from "./order";
import {
  laterClaim,
  mayRepeatAttempt,
  newerOrders,
  newsAmong,
  noteSeen,
  refuseOfSandbox,
  sentenceOffRecord,
  stepOf,
  stopsAnother,
  type Unrecorded,
} from "./order-steps";
import { standingReason } from "./outputs";
import { asJson } from "./partial-failure";
import { knowsPatiently } from "./patience";
import { adopt, personsWord, refuseOverAdopted, waiting, withdraw } from "./persons-word";
import { foresee, notOpened, previewAction, previewKept, refusedWhileWaiting } from "./previews";
import { buy, inDoubtError, record } from "./recording";
import type { Run } from "./run";
import {
  anotherSandbox,
  claimedElsewhere,
  madeAtSandbox,
  summarize,
  thenUpAgain,
  unreachable,
} from "./wording";

type Ask = (order: OrderReference | undefined) => Promise<Knowledge>;

/**
 * The purchase itself. It decides by the outcome on record; sending is left to `Charges`. There is no `read`: without one a
 * refresh keeps what is on record, and nothing reads a purchase back.
 */
export function purchaseProvider(run: Run): dynamic.ResourceProvider<Properties, Properties> {
  return { configure: run.configure, check, diff, create, update, delete: (_id, olds) => forget(run, olds) };

  async function check(olds: Properties, declared: Properties) {
    const { __forecast, onRecord, __sandbox, ...args } = declared;
    const news = { ...args, ...present({ __sandbox: run.sandbox }) };
    const declaration = readPurchaseDeclaration(news);
    run.isPreview = declaration.isPreview;
    // Only a check adds a summary, so inputs that have one come from a state.
    if (typeof declared.summary !== "string") run.declared.add(keyOf(declaration));
    const { orderId } = declaration;
    const isNew = isUnknown(orderId) || run.armed.has(orderId);
    const isOnRecord = Object.keys(olds).length > 0;
    const inputs = {
      ...withDefaults(news),
      summary: summarize(declaration) ?? UNKNOWN,
      // For policies, which see inputs alone, and of these none that begins with `__`.
      ...(isOnRecord && !isNew && { onRecord: true }),
    };
    // What is wrong with one that is on record is said by `diff`, which knows the sentence that is true of it.
    if (isOnRecord) return { inputs, failures: [] };
    const first = await foresee(run, declaration);
    const failures = declaration.problems.map((problem) => failure(declaration, problem, first.sentence));
    if (run.isPreview && failures.length === 0 && first.line) console.log(first.line);
    return { inputs: { ...inputs, ...present({ __forecast: first.forecast }) }, failures };
  }

  /** `olds` are the outputs as they were kept. Never asks for a replacement: that would be another purchase. */
  async function diff(_id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    const { state, declaration } = read(olds, news);
    const { sandbox } = run;
    if (state.sandbox !== undefined && sandbox !== undefined && state.sandbox !== sandbox)
      console.log(anotherSandbox(declaration, state.sandbox, sandbox));
    const action = await decide(state, declaration, (order) => run.knows(order));
    if (action.kind === "keep") {
      if (run.isPreview) previewKept(state, declaration, action.isUnjournaled);
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
      const isOwed = state.completionMissing && run.journal !== undefined;
      return { changes: MEANING[state.outcome].up === "fails" || isOwed };
    }
    if (run.isPreview) await previewAction(run, state, declaration, action);
    return { changes: true };
  }

  async function create(news: Properties) {
    const declaration = readPurchaseDeclaration(news);
    const id = declaration.orderId as string;
    const [problem] = declaration.problems;
    if (problem) throw new Refusal(`${declaration.name}: ${problem.what}.`);
    const outs = await first(id, declaration, news);
    noteSettled(declaration, outs.outcome, outs.attempt);
    run.recorded.set(keyOf(declaration), { outcome: outs.outcome, intentId: outs.intentId });
    crashPoint("before-state", declaration.name);
    return { id, outs };
  }

  async function update(id: string, olds: Properties, news: Properties) {
    const { state, declaration } = read(olds, news);
    const action = await decide(state, declaration, (order) => knowsPatiently(run, order, declaration.name));
    const outs = await carryOut(action, id, state, declaration, olds, news);
    noteSettled(declaration, outs.outcome, outs.attempt);
    crashPoint("before-state", declaration.name);
    return { outs };
  }

  function read(olds: Properties, news: Properties) {
    const state = readPurchase(olds);
    const declaration = readPurchaseDeclaration(news);
    // A destroy with targets compares the state with itself before it deletes: that puts nothing on record again.
    if (run.declared.has(keyOf(declaration))) {
      if (state.order !== undefined) noteSeen(run, state.order, state.outcome);
      noteSettled(declaration, state.outcome, state.arguments.attempt);
    }
    return { state, declaration };
  }

  /**
   * A higher attempt is a person's word about those before it, and `adopt` and `withdraw` about all so far. An order up to
   * there is no longer the only one that says what may have been charged.
   */
  function noteSettled(declaration: PurchaseDeclaration, outcome: unknown, attempt: unknown = 1): void {
    const isPersonsWord = outcome === "adopted" || outcome === "withdrawn";
    run.settled.set(keyOf(declaration), isPersonsWord ? Number.POSITIVE_INFINITY : Number(attempt) - 1);
  }

  /** What the program asks for, and what the journal knows. One question to the journal for each of two orders at most. */
  async function decide(state: PurchaseState, declaration: PurchaseDeclaration, ask: Ask): Promise<Action> {
    const newer = newerOrders(run, state, declaration);
    const sentence = sentenceOnRecord(state, newer);
    const isElsewhere =
      state.sandbox !== undefined && run.sandbox === undefined && state.outcome !== "notSent";
    if (isElsewhere && !run.declared.has(keyOf(declaration))) return { kind: "keep" };
    if (isElsewhere) {
      const made = { sandbox: state.sandbox, outcome: state.outcome };
      throw madeAtSandbox(declaration, made, run.settings.apiUrl.href, sentence);
    }
    await refuseOfSandbox(run, declaration, newer);
    const wish = wishOf(state, declaration, sentence, newer);
    const isNeeded = newer.length > 0 || wish.kind !== "keep" || ASKED_ABOUT.includes(state.outcome);
    const isFinal = MEANING[state.outcome].anotherRequest === "never";
    if (!isNeeded && isFinal) return wish;
    let findings: Findings;
    let isUnread = false;
    try {
      const isAsked = wish.kind !== "keep" || !isFinal;
      findings = {
        onRecord: isAsked ? await ask(state.order) : { kind: "nothing" },
        newer: await newsAmong(newer, ask),
      };
    } catch (error) {
      if (!isNeeded) return wish;
      const { what, firstDo } = unreachable(run.settings.journal, error);
      if (!run.isPreview) {
        throw new Refusal(`${declaration.name}: ${what}`, thenUpAgain(firstDo), sentence);
      }
      console.log(
        `ℹ️ ${declaration.name}: ${what} So it isn't known here whether it knows more of this purchase.`,
      );
      isUnread = true;
      const last = newer.at(-1);
      findings = {
        onRecord: { kind: "nothing" },
        newer: last && { order: last, known: { kind: "nothing" } },
      };
    }
    const action = actionOf(state, wish, findings);
    if (action.kind === "keep" && isUnread) return wish; // it may know more
    if (action.kind === "keep" && MEANING[state.outcome].up === "fails") {
      const by = await laterClaim(run, state);
      if (by !== undefined && !cannotCharge(by.outcome)) return { kind: "claimed", by };
    }
    if (action.kind === "withdraw") {
      for (const known of [findings.newer?.known, findings.onRecord]) refuseOverAdopted(declaration, known);
    }
    if (action.kind !== "buy" || !mayRepeatAttempt(run, state, declaration, action.attempt)) return action;
    return { kind: "inDoubt", cause: { kind: "orderReplaced" } };
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
        return keep(state, declaration, olds, action.isUnjournaled);
      case "adopt":
        return adopt(run, action.id, declaration, news, { state, olds, ...action.newer });
      case "withdraw":
        return withdraw(run, declaration, news, { state, olds, ...action.newer });
      case "record":
        return record(run, id, action.order, action.known, declaration, news, olds);
      case "wait":
        throw refusedWhileWaiting(run, state, declaration, action);
      case "claimed":
        throw new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, action.by)}`, "", "");
      case "inDoubt":
        throw await doubtOf(action.cause, state, declaration);
      default: {
        const order = run.armed.disarm(declaration.orderId as string);
        if (order) return buy(run, id, order, declaration, news, olds);
        throw notOpened(declaration, stepOf(run, declaration), state, newerOrders(run, state, declaration));
      }
    }
  }

  /** Nothing is recorded: a journal that comes back may know that it was never sent. */
  async function doubtOf(cause: Cause, state: PurchaseState, declaration: PurchaseDeclaration) {
    const by = cause.kind === "orderReplaced" ? await laterClaim(run, state) : undefined;
    if (by) return new Refusal(`${declaration.name}: ${claimedElsewhere(declaration, by)}`, "", "");
    return inDoubtError(run, declaration, cause);
  }

  /** An order that was opened, and is not needed after all. */
  async function letGo(declaration: PurchaseDeclaration): Promise<void> {
    const order = run.armed.disarm(`${declaration.orderId}`);
    if (order) await closeUnneeded(order);
  }

  async function closeUnneeded(order: ArmedOrder): Promise<void> {
    try {
      if (order.reference.journal) await run.journal?.close(order.reference, { isUnneeded: true });
    } catch {
      // It stays open, and unused: no process has it any more.
    }
  }

  /** Nothing new: where the outcome is one with which `pulumi up` fails, it fails the same way, and the record stays. */
  async function keep(
    state: PurchaseState,
    declaration: PurchaseDeclaration,
    olds: Properties,
    isUnjournaled = false,
  ): Promise<Properties> {
    const completed = state.completionMissing && (await writeCompletion(state, declaration.name));
    const reason = standingReason(state, isUnjournaled);
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
    if (order === undefined || run.journal === undefined) return false;
    try {
      const result = { outcome, status: state.status as Result["status"], receipt, cause };
      await run.journal.complete(order.orderId, result);
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
    await refuseOfSandbox(run, declaration, openings);
    if (isPersonsWord(declaration.arguments)) return personsWord(run, declaration, news);
    const order = run.armed.disarm(id);
    const step = stepOf(run, declaration);
    const before = (order ? openings.slice(0, -1) : openings).filter(({ unarmed }) => !unarmed);
    let unrecorded: Unrecorded | undefined;
    try {
      unrecorded = await newsAmong(before, (one) => knowsPatiently(run, one, name));
    } catch (error) {
      const { what, firstDo } = unreachable(run.settings.journal, error);
      throw new Refusal(
        `${name}: ${what}`,
        thenUpAgain(firstDo),
        before.length === 0 ? NOTHING_CHARGED : MAYBE_CHARGED,
      );
    }
    const last = unrecorded?.order;
    const known: Knowledge = unrecorded?.known ?? { kind: "nothing" };
    if (order && !stopsAnother(known)) return buy(run, id, order, declaration, news, undefined);
    if (order) await closeUnneeded(order);
    if (step?.claimedBy)
      throw new Refusal(`${name}: ${claimedElsewhere(declaration, step.claimedBy)}`, UNDO, "");
    if (known.kind === "completed" || known.kind === "resolved") {
      return record(run, id, last, known, declaration, news, undefined);
    }
    if (step?.problem) {
      throw new Refusal(
        `${name}: ${step.problem.what}`,
        thenUpAgain(step.problem.firstDo),
        await sentenceOffRecord(run, declaration, known),
      );
    }
    if (known.kind === "inDoubt" && known.lease) throw waiting(declaration, known.lease);
    throw await inDoubtError(run, declaration, cutShort(last?.orderId ?? id, known), UNDO);
  }
}

/** Nothing tells a replacement from a first update; a plain error keeps what the state has, which a record would push aside. */
const UNDO =
  "If this is a replacement, leave out --replace, or run `pulumi state untaint`: a purchase is never replaced.";
