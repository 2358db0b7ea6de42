import { randomUUID } from "node:crypto";
import type { dynamic } from "@pulumi/pulumi";
import type { Wanted } from "../charge/caps";
import { MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import { monthLine, OVER_MONTH, overMonth } from "../domain/month-budget";
import { cannotCharge, sentenceOf } from "../domain/outcome";
import { Refusal } from "../domain/refusal";
import type { ClaimedElsewhere } from "../journal/journal";
import { isAdopted, type Knowledge } from "../journal/knowledge";
import { type OrderReference, type PurchaseIdentity, sandboxOfOrder } from "../state/order-reference";
import {
  type Declaration,
  isPersonsWord,
  isUnknown,
  knownArguments,
  knownOr,
  type OrderState,
  type Properties,
  readDeclaration,
  readOrder,
  repeated,
} from "./inputs";
import { knowsPatiently } from "./patience";
import { type OrderStep, type Problem, type Run, refusal } from "./run";
import { leaseProblem, sentenceOfKnowledge, unreachable } from "./wording";

/**
 * The guard of one purchase. Opening an order makes a fresh id and arms it in memory, and the engine writes the id
 * down before the purchase that depends on it may start. A purchase can then use only an order that was opened by
 * the very process that charges.
 *
 * A new order is no permission to charge: the purchase judges that by its own record. What keeps an order from being opened
 * for a purchase that may be on record is left for the purchase to say, which knows the sentence that is true of it.
 */
export function orderProvider(run: Run): dynamic.ResourceProvider<Properties, Properties> {
  return { configure: run.configure, check, diff, create, update, delete: forget };

  async function check(olds: Properties, news: Properties) {
    const declaration = readDeclaration(news);
    run.isPreview = declaration.isPreview;
    const isNew = Object.keys(olds).length === 0;
    const failures = isNew ? declaration.problems.map((problem) => failure(declaration, problem)) : [];
    if (isNew && failures.length === 0 && !isPersonsWord(declaration.arguments)) {
      run.settings.refuseUnusable();
      const over = run.plan(keyOf(declaration), wanted(declaration));
      if (over)
        failures.push(failure(declaration, { property: over.argument, what: over.why, firstDo: CAPS }));
      else if (run.isPreview) {
        const overMonth = await previewMonth(declaration);
        if (overMonth) failures.push(failure(declaration, { property: "amount", ...overMonth }));
        else await previewOpening(declaration);
      }
    }
    return { inputs: withDefaults(news), failures };
  }

  /** Says whether another order is opened, never that this one is replaced. */
  async function diff(_id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    const declaration = readDeclaration(news);
    const order = readOrder(olds);
    const step = await judge(order, declaration, (one) => run.knows(one));
    run.orderSteps.set(keyOf(declaration), step);
    const notesAttempt = isPersonsWord(declaration.arguments) && isRaised(order, declaration);
    return { changes: step.opens || notesAttempt || (step.problem !== undefined && !run.isPreview) };
  }

  async function create(news: Properties) {
    const declaration = readDeclaration(news);
    const orderId = `order_${randomUUID()}`;
    if (isPersonsWord(declaration.arguments)) return unarmed(news, declaration, orderId);
    const problem = await whyNotOpen(declaration);
    if (problem) throw refusal(declaration.name, problem, await sentenceInJournal(declaration));
    let claimedBy: ClaimedElsewhere | undefined;
    try {
      claimedBy = await claimedElsewhere(declaration);
    } catch (error) {
      throw refusal(declaration.name, unreachable(run.settings.journal, error));
    }
    run.orderSteps.set(keyOf(declaration), { before: [], opens: claimedBy === undefined, claimedBy });
    if (claimedBy) return unarmed(news, declaration, orderId);
    const opened = await open(news, declaration, orderId, []);
    if (opened.problem !== undefined) {
      throw refusal(declaration.name, opened.problem, await sentenceInJournal(declaration));
    }
    return { id: orderId, outs: opened.outs };
  }

  async function update(_id: string, olds: Properties, news: Properties) {
    const declaration = readDeclaration(news);
    const order = readOrder(olds);
    const asItIs = {
      ...repeated(news),
      attempt: order.attempt,
      orderId: order.orderId,
      __journal: olds.__journal,
    };
    const step = await judge(order, declaration, (one) => knowsPatiently(run, one, declaration.name));
    let opening = step.opens ? await reopen(order, declaration) : step;
    if (opening.opens) {
      const opened = await open(news, declaration, `order_${randomUUID()}`, order.openings);
      if (opened.problem === undefined) {
        run.orderSteps.set(keyOf(declaration), opening);
        return { outs: opened.outs };
      }
      opening = { before: order.openings, opens: false, problem: opened.problem };
    }
    run.orderSteps.set(keyOf(declaration), opening);
    // Where one is wanted and can't be opened, the attempt stays as it is, so that the next update wants it again.
    const attempt = opening.problem || opening.claimedBy ? order.attempt : news.attempt;
    return { outs: { ...asItIs, attempt } };
  }

  /**
   * Whether another order is wanted: for a higher attempt, or because no request was ever sent for the one that the state
   * has. A journal that can't be asked wants none: where that matters, the purchase says so.
   */
  async function judge(
    order: OrderState,
    declaration: Declaration,
    ask: (order: OrderReference | undefined) => Promise<Knowledge>,
  ): Promise<OrderStep> {
    const before = order.openings;
    const no: OrderStep = { before, opens: false };
    if (declaration.problems.length > 0 || isPersonsWord(declaration.arguments)) return no;
    const raised = isRaised(order, declaration);
    let known: Knowledge;
    try {
      known = await ask(order.openings.at(-1));
    } catch (error) {
      const problem = raised ? unreachable(run.settings.journal, error) : undefined;
      return run.isPreview ? { ...no, opens: raised } : { ...no, problem };
    }
    const isSame = Number(declaration.arguments.attempt) === order.attempt;
    if (!raised && !(isSame && wasNeverSent(known))) return no;
    const isBought = known.kind === "completed" && known.result.outcome === "bought";
    if (isBought || isAdopted(known)) return no;
    if (known.kind === "inDoubt" && known.lease) return { ...no, problem: leaseProblem(known.lease) };
    const over = planOrProblem(declaration) ?? (await madeAtVercel(run, before));
    if (over) return { ...no, problem: over };
    if (run.isPreview) {
      const overMonth = await previewMonth(declaration);
      return overMonth ? { ...no, problem: overMonth } : previewOpening(declaration, before);
    }
    // What is claimed elsewhere stays as it is, also where its own order was never sent.
    const claimedBy = raised ? undefined : await claimedElsewhere(declaration).catch(() => undefined);
    return claimedBy ? { ...no, claimedBy } : { before, opens: true };
  }

  /** Says how the month's budget stands, where there is one; and why it leaves no room. The update judges it again. */
  async function previewMonth(declaration: Declaration): Promise<Problem | undefined> {
    const amount = knownOr(declaration.arguments.amount) ?? 0;
    const attempt = knownOr(declaration.arguments.attempt) ?? Number.POSITIVE_INFINITY;
    try {
      const budget = await run.monthBudget({ identity: identityOf(declaration), attempt });
      if (budget === undefined) return undefined;
      if (budget.used + budget.planned > budget.limit) {
        return { what: overMonth(amount, budget), firstDo: OVER_MONTH };
      }
      console.log(monthLine(budget));
    } catch (error) {
      const { what } = unreachable(run.settings.journal, error);
      console.log(
        `ℹ️ ${declaration.name}: ${what} So it isn't known here what this month has used. \`pulumi up\` asks again, and buys nothing over the limit.`,
      );
    }
    return undefined;
  }

  /** A preview reads the journal where it has it; else it says what it could not know. */
  async function previewOpening(
    declaration: Declaration,
    before: readonly OrderReference[] = [],
  ): Promise<OrderStep> {
    let claimedBy: ClaimedElsewhere | undefined;
    try {
      claimedBy = await claimedElsewhere(declaration);
    } catch (error) {
      const { what } = unreachable(run.settings.journal, error);
      console.log(
        `ℹ️ ${declaration.name}: ${what} \`pulumi up\` asks again, and buys nothing while it can't be read.`,
      );
    }
    const step = { before, opens: claimedBy === undefined, claimedBy };
    run.orderSteps.set(keyOf(declaration), step);
    return step;
  }

  /** The last order is closed first, so that what relies on its never having been sent stays true. */
  async function reopen(order: OrderState, declaration: Declaration): Promise<OrderStep> {
    const before = order.openings;
    const no = (reason: Pick<OrderStep, "problem" | "claimedBy">): OrderStep => ({
      before,
      opens: false,
      ...reason,
    });
    const problem = await whyNotOpen(declaration);
    if (problem) return no({ problem });
    try {
      const last = order.openings.at(-1);
      if (last !== undefined && !last.unarmed && last.journal !== undefined) {
        const known = await run.knows(last);
        if ((known.kind === "neverSent" || known.kind === "nothing") && !(await run.journal?.close(last))) {
          // Its intent record came first: it may be under way at this moment.
          const now = await run.knows(last);
          if (now.kind === "inDoubt" && now.lease) return no({ problem: leaseProblem(now.lease) });
          if (!isRaised(order, declaration)) return no({});
        }
      }
      const claimedBy = await claimedElsewhere(declaration);
      return claimedBy ? no({ claimedBy }) : { before, opens: true };
    } catch (error) {
      return no({ problem: unreachable(run.settings.journal, error) });
    }
  }

  /** Why no order may be opened now, found before anything is kept, so that a plain re-run is enough afterwards. */
  async function whyNotOpen(declaration: Declaration): Promise<Problem | undefined> {
    try {
      run.settings.endpoint();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    const unplanned = run.settings.requirePlan ? planMissing(run.updateHasPlan()) : undefined;
    if (unplanned) return unplanned;
    if (run.inDoubt !== undefined) {
      return {
        what: `The purchase "${printable(run.inDoubt, 100)}" of this update is in doubt, so nothing more is sent.`,
        firstDo: "Settle that one first",
      };
    }
    const { team, creditType } = knownArguments(declaration);
    return team === undefined ? undefined : run.preflight(team, creditType);
  }

  async function claimedElsewhere(declaration: Declaration): Promise<ClaimedElsewhere | undefined> {
    const attempt = knownOr(declaration.arguments.attempt) ?? Number.POSITIVE_INFINITY;
    return run.journal?.claimedElsewhere(identityOf(declaration), attempt);
  }

  /** The purchase may be on record, where only its order was replaced or lost: then the journal has it. */
  async function sentenceInJournal(declaration: Declaration): Promise<string> {
    try {
      const holder = await run.journal?.claimedElsewhere(identityOf(declaration), 0);
      return holder === undefined ? NOTHING_CHARGED : sentenceOf(holder.outcome, "later", holder.settled);
    } catch {
      return NOTHING_CHARGED; // this run sends nothing, and more can't be known
    }
  }

  async function open(
    news: Properties,
    declaration: Declaration,
    orderId: string,
    before: readonly OrderReference[],
  ): Promise<{ readonly outs: Properties; readonly problem?: Problem }> {
    const args = knownArguments(declaration);
    const { name } = declaration;
    const identity = identityOf(declaration);
    const balance = await run.balanceAtOpening(args.creditType);
    const about = { orderId, name, identity, arguments: args, balance };
    let journal: OrderReference["journal"];
    try {
      const opened = await run.journal?.open(about, run.settings.maxAmountPerMonth);
      if (opened?.kind === "no room") return { outs: {}, problem: run.overMonth(args.amount, opened.use) };
      journal = opened?.journal;
    } catch (error) {
      return { outs: {}, problem: unreachable(run.settings.journal, error) };
    }
    const reference: OrderReference = {
      orderId,
      attempt: args.attempt,
      identity,
      ...(journal && { journal }),
    };
    run.armed.arm({ ...about, reference });
    const openings = [...before, reference];
    return { outs: { ...repeated(news), orderId, __journal: { openings, ...(balance && { balance }) } } };
  }

  /** An order under which no request is ever sent: a person's word is recorded, or another order has the claim. */
  function unarmed(news: Properties, declaration: Declaration, orderId: string) {
    const attempt = knownOr(declaration.arguments.attempt) ?? 1;
    const reference: OrderReference = { orderId, attempt, identity: identityOf(declaration), unarmed: true };
    return { id: orderId, outs: { ...repeated(news), orderId, __journal: { openings: [reference] } } };
  }

  /**
   * Not a way round the purchase: what may have bought is not forgotten with its order. The engine deletes an order after its
   * purchase, or alone, where that never came to be.
   */
  async function forget(_id: string, olds: Properties): Promise<void> {
    const { orderId, attempt, openings } = readOrder(olds);
    const declaration = readDeclaration(olds);
    if (run.seen.has(orderId)) return;
    const last = openings.at(-1);
    // What is on record of the purchase allowed a request for a later order only under a higher attempt, or as the journal has it.
    const isOnRecord = openings.some(
      ({ orderId: one, attempt: its }) =>
        run.seen.has(one) && !run.seenUnsent.has(one) && its >= (last?.attempt ?? 1),
    );
    const isSettled = (run.settled.get(keyOf(declaration)) ?? 0) >= (last?.attempt ?? 1);
    let why = "nobody knows whether it bought";
    let sentence = MAYBE_CHARGED;
    try {
      if (last?.unarmed || (await run.journal?.isForgotten(orderId))) return;
      // As its purchase: what was tried on this machine is forgotten with Vercel's address.
      const isTried = openings.every((one) => one.unarmed || sandboxOfOrder(one) !== undefined);
      if (isTried && run.sandbox === undefined) return;
      const known = await run.knows(last);
      // What was never sent is certain once it is closed, and returns there.
      if (known.kind !== "neverSent") sentence = sentenceOfKnowledge(known);
      if (known.kind === "resolved" || (known.kind === "nothing" && (isOnRecord || isSettled))) return;
      if (known.kind === "neverSent" && (await run.journal?.close(last as OrderReference))) return;
      if (known.kind === "completed") {
        if (cannotCharge(known.result.outcome) || isSettled) return;
        if (known.result.outcome === "bought") why = "it bought, as the journal knows";
      }
    } catch (error) {
      why = unreachable(run.settings.journal, error).what;
    }
    const urn = (declaration.resource?.urn ?? last?.identity?.urn)?.replace(
      "vercel:CreditPurchase::",
      "vercel:PurchaseOrder::",
    );
    throw new Refusal(
      `The order of ${declaration.name} (attempt ${attempt}, ${orderId}) is not deleted, because ${why}, and its purchase is not on record.`,
      "Run `pulumi up` to record it, or settle it first (adopt, or withdraw: true). To drop it all the same, run " +
        `\`pulumi state delete '${urn ?? "<the order's URN, see `pulumi stack --show-urns`>"}'\`; where Pulumi calls that ` +
        'ambiguous, another order has replaced it: `pulumi stack export`, remove the one with "delete": true, and import that.',
      sentence,
    );
  }

  function planOrProblem(declaration: Declaration): Problem | undefined {
    try {
      run.settings.refuseUnusable();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    const over = run.plan(keyOf(declaration), wanted(declaration));
    return over && { what: over.why, firstDo: CAPS };
  }

  function identityOf({ name, resource }: Declaration): PurchaseIdentity {
    // Programs of an earlier version don't say which resource it is.
    const { organization, urn } = resource ?? { organization: "", urn: name };
    return { endpoint: run.settings.apiUrl.href, organization, urn };
  }
}

const CAPS = "Change it, or the cap.";

/**
 * An earlier order that may have charged at Vercel, where an address of this machine is configured now: a try there says
 * nothing of it, and would take its place on record.
 */
async function madeAtVercel(run: Run, orders: readonly OrderReference[]): Promise<Problem | undefined> {
  const { sandbox } = run;
  if (sandbox === undefined) return undefined;
  for (const { identity, ...order } of orders) {
    if (order.unarmed || identity === undefined || sandboxOfOrder({ identity }) !== undefined) continue;
    const known = await run.knows({ identity, ...order }).catch((): Knowledge => ({ kind: "nothing" }));
    const isNotCharged = known.kind === "neverSent" || sentenceOfKnowledge(known) === NOTHING_CHARGED;
    if (isNotCharged) continue;
    return {
      what:
        `Its order ${order.orderId} was opened for ${printable(identity.endpoint, 200)}, and the address configured now is the ` +
        `sandbox ${printable(sandbox, 200)}, where a try says nothing of that.`,
      firstDo:
        "Unset VERCEL_API_URL (or vercel:apiUrl); to try the program at the sandbox, use a stack of its own.",
    };
  }
  return undefined;
}

function planMissing(hasPlan: boolean | undefined): Problem | undefined {
  if (hasPlan === true) return undefined;
  return {
    what:
      hasPlan === undefined
        ? "vercelCredits:requirePlan is true, and this system doesn't show whether this update has a plan."
        : "vercelCredits:requirePlan is true, and this update has no plan.",
    firstDo:
      "Run `pulumi preview --save-plan plan.json`, have that reviewed, and run `pulumi up --plan plan.json`.",
  };
}

/** By what the steps of an order and of its purchase find each other in this process. */
export function keyOf({ name, resource }: Declaration): string {
  return resource?.urn ?? name;
}

/** Whether another try is asked for. An attempt that isn't known yet may turn out to be higher. */
function isRaised({ attempt }: OrderState, { arguments: { attempt: wanted } }: Declaration): boolean {
  return isUnknown(wanted) || Number(wanted) > attempt;
}

/** Nothing was charged under it, for certain, nothing can be later, and another is wanted in its place. */
function wasNeverSent(known: Knowledge): boolean {
  if (known.kind === "neverSent") return known.isUnneeded !== true;
  return known.kind === "completed" && known.result.outcome === "notSent";
}

function wanted({ arguments: { amount, creditType, team } }: Declaration): Wanted {
  return {
    amount: knownOr(amount),
    creditType: knownOr(creditType),
    team: isUnknown(team) ? null : team,
  };
}

/** What `check` answers of an argument. The engine prints the value of a property that is named, secret or not. */
export function failure(
  { isSecret }: Declaration,
  { property, what, firstDo }: { property: string; what: string; firstDo?: string },
  sentence = NOTHING_CHARGED,
): dynamic.CheckFailure {
  const reason = [`${what.replace(/\.$/, "")}.`, sentence, firstDo].filter(Boolean).join(" ");
  return { property: isSecret ? "" : property, reason: reason.toWellFormed() };
}

/** What a check hands on: what is left out filled in, less what only tells a preview from an update. */
export function withDefaults({ __preview, ...news }: Properties): Properties {
  return { source: "pulumi", attempt: 1, ...news };
}
