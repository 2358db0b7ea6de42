import type { dynamic } from "@pulumi/pulumi";
import { TAKEN } from "../charge/charge";
import { notSent, type Outcome } from "../charge/outcome";
import { type Knowledge, provesCharged } from "../journal/journal";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { Refusal } from "../domain/refusal";
import { suggestion } from "./evidence";
import {
  argumentsOf,
  chargeLine,
  checkArguments,
  type Inputs,
  isSecret,
  isUnknown,
  nameOf,
  repeated,
  stopLine,
  summarize,
} from "./inputs";
import { asJson, KeptFailure } from "./kept-failure";
import { ordersOf, recall, recallPatiently, usedOrder } from "./recovery";
import type { Run } from "./run";
import { FINAL_ARGUMENTS, farewell, isAdopting, isRaised, refusedChange, standingOf } from "./standing";

/**
 * The purchase itself. It decides; sending is left to `Charges`. There is no `read`: without one a refresh keeps
 * what is on record, and nothing reads a purchase back.
 */
export function purchaseProvider(run: Run): dynamic.ResourceProvider<Inputs, Inputs> {
  return { configure: run.configure, check, diff, create, update, delete: forget };

  async function check(olds: Inputs, news: Inputs) {
    const { inputs, failures, isPreview } = checkArguments(news);
    run.isPreview = isPreview;
    if (failures.length > 0) return { inputs, failures };
    const isNew = Object.keys(olds).length === 0;
    if (isNew && willBeCharged(inputs)) console.log(chargeLine(inputs));
    if (isNew && isPreview && inputs.adopt === undefined && !isUnknown(inputs.orderId)) {
      console.log(foresee(inputs, await recall(run, inputs)));
    }
    return { inputs: { ...inputs, summary: summarize(inputs) }, failures };
  }

  /** `olds` are the outputs as they were kept. Never asks for a replacement: that would be another purchase. */
  async function diff(_id: string, olds: Inputs, news: Inputs): Promise<dynamic.DiffResult> {
    const refused = refusedChange(olds, news);
    if (refused) throw new Refusal(`${nameOf(news)}: ${refused}`);
    const raised = isRaised(olds, news);
    const adopts = isAdopting(olds, news);
    const open = standingOf(olds) === "open";
    if ((raised || open) && willBeCharged(news)) console.log(chargeLine(news));
    if (run.isPreview && !adopts && (raised || open) && !isUnknown(news.orderId)) {
      console.log(
        foresee(news, await recall(run, news), asksForAnother(olds, news) ? undefined : olds.reason),
      );
    }
    return { changes: raised || adopts || open };
  }

  async function create(inputs: Inputs) {
    const id = inputs.orderId as string;
    return { id, outs: inputs.adopt === undefined ? await buy(id, {}, inputs) : await adopt({}, inputs) };
  }

  async function update(id: string, olds: Inputs, news: Inputs) {
    const refused = refusedChange(olds, news);
    if (refused) throw new Refusal(`${nameOf(news)}: ${refused}`);
    if (isAdopting(olds, news)) return { outs: await adopt(olds, news) };
    if (asksForAnother(olds, news)) return { outs: await buy(id, olds, news) };
    if (standingOf(olds) !== "open") return { outs: asJson(olds) };
    const known = await recallPatiently(run, news);
    if (tookTheOrder(known)) return { outs: await takeOver(id, olds, news, known) };
    // The state stays as it is: an error without an id changes nothing in it.
    throw new Refusal(`${nameOf(news)}: ${olds.reason}${await hint(news, olds)}`);
  }

  /** Uses the order, once, and keeps what came of it, whatever it was. */
  async function buy(id: string, olds: Inputs, inputs: Inputs): Promise<Inputs> {
    const order = run.armed.disarm(inputs.orderId as string);
    const wanted = argumentsOf(inputs);
    if (order && JSON.stringify(order.arguments) !== JSON.stringify(wanted)) {
      const what = `The purchase says ${JSON.stringify(wanted)}, but its order says ${JSON.stringify(order.arguments)}.`;
      const firstDo = "Remove the transform or ignoreChanges that changes one of them alone";
      return keep(id, olds, inputs, notSent(what, order, firstDo));
    }
    const outcome = order ? await run.charge(order) : TAKEN;
    if (outcome !== TAKEN) return keep(id, olds, inputs, outcome);
    return takeOver(id, olds, inputs, await recallPatiently(run, inputs));
  }

  /**
   * Brings what the journal knows into the state, as if the run that learned it had not been cut short. Nothing is
   * sent. Throws where it doesn't know how the order ended.
   */
  async function takeOver(id: string, olds: Inputs, inputs: Inputs, known: Knowledge): Promise<Inputs> {
    const contradiction = contradicts(inputs, known);
    if (contradiction) throw new Refusal(`${nameOf(inputs)}: ${contradiction}`);
    if (known.verdict !== "ended") {
      throw new Refusal(`${nameOf(inputs)}: ${usedOrder(inputs, known)}${await suggestion(run, inputs)}`);
    }
    const { orderId, outcome } = known;
    // As a kept failure it could leave a second record beside the one that a replacement was asked for.
    if (outcome.status === "unknown") {
      throw new Refusal(`${nameOf(inputs)}: ${outcome.reason}${await suggestion(run, inputs)}`);
    }
    if (outcome.receipt.intentId !== undefined) run.takenOver.add(outcome.receipt.intentId);
    const news = outcome.news?.replace(/^\S+ /, "♻️ nothing was sent now; from the journal: ");
    const note = news === undefined ? {} : { news: `${news}${needlessAttempt(inputs, known)}` };
    return keep(id, olds, { ...inputs, orderId }, { ...outcome, ...note });
  }

  /** What the balance suggests, where nobody knows the outcome. */
  async function hint(inputs: Inputs, { status }: Inputs): Promise<string> {
    return status === "unknown" ? suggestion(run, inputs) : "";
  }

  async function keep(id: string, olds: Inputs, inputs: Inputs, outcome: Outcome): Promise<Inputs> {
    const name = nameOf(inputs);
    const { status, receipt, reason, news } = outcome;
    const outs = asJson({
      ...repeated(inputs),
      ...receipt,
      status,
      ...(reason && { reason }),
      ...earlierAttempts(olds, inputs),
    });
    if (reason !== undefined) {
      const message = `${name}: ${reason}${await hint(inputs, outs)}`;
      throw new KeptFailure(id, outs, isSecret(inputs) ? toldApart(message, name, status) : message);
    }
    console.log(news?.replace(/^(\S+) /, `$1 ${name}: `));
    return outs;
  }

  /** The engine keeps the message of a failure in the clear, so what repeats a secret is printed, and not part of it. */
  function toldApart(message: string, name: string, status: string): string {
    console.log(`⚠️ ${message}`);
    const sentence = status === "unknown" ? MAYBE_CHARGED : NOTHING_CHARGED;
    return (
      `${name}: its outcome is kept as "${status}". ${sentence} Why, and what to do now, repeats a secret argument: it ` +
      "is in the line above, and in the secret output reason."
    );
  }

  /** Takes over a purchase that was made elsewhere. What an earlier attempt learned stays. */
  async function adopt(olds: Inputs, news: Inputs): Promise<Inputs> {
    const name = nameOf(news);
    const intentId = news.adopt as string;
    run.armed.disarm(news.orderId as string);
    try {
      for (const order of ordersOf(news)) await run.journal?.adopted(order, intentId);
    } catch (error) {
      console.log(
        `⚠️ ${name}: the journal could not note the adoption: ${printable((error as Error).message)}`,
      );
    }
    const { reason: _settled, ...learned } = olds;
    const outs = asJson({
      ...learned,
      ...repeated(news),
      ...(standingOf(olds) === "bought" ? {} : { status: "adopted", intentId }),
    });
    console.log(
      `📎 ${name}: recorded ${intentId} as this purchase, made earlier. Nothing was sent. ${NOTHING_CHARGED}`,
    );
    return outs;
  }

  /** Forgets the purchase: nothing can be bought back. One that nobody knows the outcome of is not forgotten. */
  async function forget(_id: string, olds: Inputs): Promise<void> {
    const name = nameOf(olds);
    if (olds.status === "unknown" || olds.status === undefined) {
      throw new Refusal(
        `${name} is not forgotten, because nobody knows how it ended. ${olds.reason ?? MAYBE_CHARGED} ` +
          "(If it was not bought and is not wanted any more, `pulumi state delete` removes the record.)",
      );
    }
    // A replacement that was asked for is the same purchase, whose record came from the journal.
    if (!run.takenOver.has(`${olds.intentId}`)) console.log(`🗑️ ${name}: ${farewell(olds)}`);
  }
}

/** The order's id is unknown only while previewing an update that will open that order anew. */
function willBeCharged(inputs: Inputs): boolean {
  return isUnknown(inputs.orderId) && (inputs.adopt === undefined || isUnknown(inputs.adopt));
}

/** Whether another order stands behind the purchase than the one on record, which did not buy. */
function asksForAnother(olds: Inputs, news: Inputs): boolean {
  return isRaised(olds, news) || (standingOf(olds) === "open" && news.orderId !== olds.orderId);
}

/** Vercel took the order, as the journal knows: bought, or pending. */
function tookTheOrder(known: Knowledge): known is Knowledge & { verdict: "ended" } {
  return known.verdict === "ended" && known.outcome.reason === undefined;
}

/** The line in which a preview says what the update will find in the journal: a purchase, or nothing to go on with. */
function foresee(inputs: Inputs, known: Knowledge, reason?: unknown): string {
  const contradiction = contradicts(inputs, known);
  if (contradiction) return stopLine(inputs, contradiction);
  if (tookTheOrder(known)) {
    const news = known.outcome.news?.replace(/^\S+ /, "");
    return `♻️ ${nameOf(inputs)}: nothing will be bought; from the journal: ${news}${needlessAttempt(inputs, known)}`;
  }
  const recorded = known.verdict === "ended" ? known.outcome.reason : undefined;
  return stopLine(inputs, `${reason ?? recorded ?? usedOrder(inputs, known)}`);
}

function needlessAttempt(inputs: Inputs, known: Knowledge & { verdict: "ended" }): string {
  const bought = known.sent?.arguments?.attempt;
  return bought === undefined || bought === inputs.attempt
    ? ""
    : ` Attempt ${bought} turned out to have bought it, so attempt ${inputs.attempt} buys nothing.`;
}

/** Why what was bought can't be recorded as what the program says now, or undefined where it can. */
function contradicts(inputs: Inputs, known: Knowledge): string | undefined {
  if (known.verdict !== "ended" || known.sent?.arguments === undefined) return undefined;
  if (!tookTheOrder(known)) return undefined;
  const bought = known.sent.arguments;
  const changed = FINAL_ARGUMENTS.filter(
    (argument) => !isUnknown(inputs[argument]) && inputs[argument] !== bought[argument],
  );
  if (changed.length === 0) return undefined;
  const was = changed
    .map((argument) => `${argument} ${JSON.stringify(bought[argument]) ?? "(none)"}`)
    .join(", ");
  return (
    `an earlier run bought it with ${printable(was)} (${known.outcome.receipt.intentId ?? known.orderId}). ` +
    `${provesCharged(known) ? CHARGED : MAYBE_CHARGED} Set ${changed.join(", ")} back to record it; to buy more, ` +
    "declare another CreditPurchase."
  );
}

/** What the attempts before this one learned, without their whole answers. Kept, but not shown: see `Inputs`. */
function earlierAttempts(olds: Inputs, news: Inputs): Pick<Inputs, "__earlierAttempts"> {
  if (olds.status === undefined) return {};
  const {
    __earlierAttempts = [],
    __provider,
    __label,
    __journal,
    answer,
    summary,
    source,
    ...learned
  } = olds;
  if (olds.orderId === news.orderId) return __earlierAttempts.length > 0 ? { __earlierAttempts } : {};
  return { __earlierAttempts: [...__earlierAttempts, learned] };
}
