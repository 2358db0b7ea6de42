import { randomUUID } from "node:crypto";
import type { dynamic } from "@pulumi/pulumi";
import { type Knowledge, provesCharged, provesNothingCharged } from "../journal/journal";
import { MAYBE_CHARGED, NOTHING_CHARGED, printable } from "../domain/messages";
import type { CreditType } from "../domain/order-arguments";
import { Refusal } from "../domain/refusal";
import {
  argumentsOf,
  checkArguments,
  failure,
  type Inputs,
  isUnknown,
  nameOf,
  type OpenedUnder,
  repeated,
} from "./inputs";
import { holderOf, ordersOf, recall, recallPatiently } from "./recovery";
import type { Run } from "./run";
import { isRaised } from "./standing";

/**
 * The guard of one purchase. Opening an order makes a fresh id and arms it in memory, and the engine writes the id
 * down before the purchase that depends on it may start. A purchase can then use only an order that was opened by
 * the very process that charges.
 */
export function orderProvider(run: Run): dynamic.ResourceProvider<Inputs, Inputs> {
  return { configure: run.configure, check, diff, create, update };

  async function check(olds: Inputs, news: Inputs) {
    const { inputs, failures, isPreview } = checkArguments(news);
    run.isPreview = isPreview;
    const isNew = Object.keys(olds).length === 0;
    if (failures.length === 0 && isNew) {
      const over = plan(inputs);
      if (over) failures.push(failure(inputs, over.argument, over.why));
    }
    return { inputs, failures };
  }

  /**
   * A new order is opened for a higher attempt, and where the journal proves that nothing was charged under the last
   * one. The other arguments are copies that document what was ordered.
   */
  async function diff(_id: string, olds: Inputs, news: Inputs): Promise<dynamic.DiffResult> {
    const known = await recall(run, olds);
    const changes = opensAnew(known, olds, news);
    const over = changes && plan(news);
    if (over) throw new Refusal(`${nameOf(news)}: ${over.why}`);
    if (changes && run.isPreview && !isRaised(olds, news)) console.log(againLine(news, known));
    return { changes };
  }

  async function create(inputs: Inputs) {
    await mayOpen(inputs);
    const outs = await open(inputs, `order_${randomUUID()}`, []);
    return { id: outs.orderId as string, outs };
  }

  async function update(_id: string, olds: Inputs, news: Inputs) {
    const known = await recallPatiently(run, olds);
    const asItIs: Inputs = { ...repeated(news), orderId: olds.orderId as string };
    if (olds.__journal !== undefined) asItIs.__journal = olds.__journal;
    if (!opensAnew(known, olds, news)) return { outs: asItIs };
    const holder = holderOf(known);
    if (holder !== undefined) {
      throw new Refusal(
        `${nameOf(news)}: process ${holder.pid} is still sending the request of an earlier run. ${MAYBE_CHARGED} ` +
          "Run `pulumi up` again when it has ended.",
      );
    }
    await mayOpen(news);
    const orderId = `order_${randomUUID()}`;
    // Where another process was faster, this one has nothing to open, and learns from the journal what became of it.
    const next = { orderId, attempt: Number(news.attempt) };
    if (!(await journaled(() => run.journal?.giveUp(known, next) ?? true))) return { outs: asItIs };
    return { outs: await open(news, orderId, ordersOf(olds)) };
  }

  /**
   * An attempt is a person's word that all before it bought nothing. It opens an order; and within it, another one where
   * the journal proves that nothing was charged. Where an earlier run, or a copy of the stack, went further already (and
   * its attempt was set back, or not saved), that word is missing here.
   */
  function opensAnew(known: Knowledge, olds: Inputs, news: Inputs): boolean {
    if (provesCharged(known)) return false;
    if (isUnknown(news.attempt)) return true;
    const attempt = Number(news.attempt);
    const reached = Math.max(Number(olds.attempt), known.verdict === "silent" ? 0 : (known.attempt ?? 0));
    if (attempt > reached) return true;
    const adopts = news.adopt !== undefined && !isUnknown(news.adopt);
    return attempt === reached && !adopts && provesNothingCharged(known);
  }

  /** Throws where nothing may be bought, before anything is kept, so that a plain re-run is enough afterwards. */
  async function mayOpen(inputs: Inputs): Promise<void> {
    if (inputs.adopt !== undefined) return; // nothing will be sent
    run.settings.endpoint();
    if (run.unsettled !== undefined) {
      throw new Refusal(
        `${nameOf(inputs)} was not bought, because nobody knows how the purchase "${run.unsettled}" of this update ` +
          `ended. ${NOTHING_CHARGED} Settle that one first, then run \`pulumi up\` again.`,
      );
    }
    const { team, creditType } = argumentsOf(inputs);
    if (team !== undefined) await run.preflight(nameOf(inputs), team, creditType);
  }

  async function open(
    inputs: Inputs,
    orderId: string,
    earlier: ReturnType<typeof ordersOf>,
  ): Promise<Inputs> {
    const order = argumentsOf(inputs);
    const name = nameOf(inputs);
    let __journal: OpenedUnder = earlier.length > 0 ? { earlier } : {};
    if (order.adopt === undefined) {
      const signature = await journaled(() => run.journal?.sign());
      if (signature !== undefined) __journal = { signature, ...__journal };
      const balance = await run.balanceAtOpening(order.creditType);
      if (balance !== undefined) __journal = { ...__journal, balance };
      run.opened.add(orderId);
      run.armed.arm({
        orderId,
        name,
        arguments: order,
        try: earlier.length + 1,
        journaled: signature !== undefined,
        balance,
      });
    }
    return { ...repeated(inputs), orderId, __journal };
  }

  /** Counts an order that is about to be opened. Says why it isn't allowed; throws where nothing may be bought. */
  function plan({ adopt, amount, creditType, team }: Inputs): ReturnType<Run["plan"]> {
    if (adopt !== undefined) return undefined;
    run.settings.refuseUnusable();
    const over = run.plan({
      amount: isUnknown(amount) ? undefined : (amount as number),
      creditType: isUnknown(creditType) ? undefined : (creditType as CreditType),
      team: isUnknown(team) ? null : (team as string | undefined),
    });
    return over && { ...over, why: `${over.why} ${NOTHING_CHARGED} Change it, or the budget.` };
  }

  async function journaled<T>(write: () => T | Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      throw new Refusal(
        `The journal (${printable(run.settings.journalFolder ?? "off")}) can't be written: ` +
          `${printable((error as Error).message)}. ${NOTHING_CHARGED} Mend that, or set vercelCredits:journal to another ` +
          "folder or off, and run `pulumi up` again.",
      );
    }
  }
}

/** The line in which a preview says why a purchase is tried again without a higher attempt. */
function againLine(inputs: Inputs, known: Knowledge): string {
  const why =
    known.verdict === "ended" ? "was refused, and nothing was charged" : "never left, as the journal proves";
  return `🔁 ${nameOf(inputs)}: its request of an earlier run ${why}. It is tried again.`;
}
