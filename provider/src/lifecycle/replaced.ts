import { MAYBE_CHARGED } from "../domain/messages";
import { sentenceOf } from "../domain/outcome";
import { isPersonsWord, isUnknown, type PurchaseDeclaration } from "./inputs";
import { keyOf } from "./order";
import { newsAmong, openingsFor } from "./order-steps";
import type { Run } from "./run";
import { sentenceOfKnowledge } from "./wording";

/**
 * A purchase that is on record and made anew (tainted, or `--replace`): its record can't be seen here, so no word of the
 * program about how it ended can be judged by it, and none is taken.
 */
export async function whyNotReplaced(run: Run, declaration: PurchaseDeclaration) {
  const recorded = run.onRecord.get(keyOf(declaration));
  if (recorded === undefined) return undefined;
  const { attempt, adopt } = declaration.arguments;
  const isRaised = isUnknown(attempt) || attempt > recorded;
  if (!isRaised && !isPersonsWord(declaration.arguments)) return undefined;
  const property = isPersonsWord(declaration.arguments)
    ? adopt === undefined
      ? "withdraw"
      : "adopt"
    : "attempt";
  const urn = declaration.resource?.urn ?? "<its URN, see `pulumi stack --show-urns`>";
  return {
    property,
    what: `${property} is not taken while the purchase is replaced, because what is on record of it can't be seen then.`,
    firstDo: `Run \`pulumi state untaint '${urn}'\` (or leave --replace out), then \`pulumi up\` again.`,
    sentence: await sentenceOfReplaced(run, declaration),
  };
}

/** As far as the journal knows: the state does, and can't be asked. */
async function sentenceOfReplaced(run: Run, declaration: PurchaseDeclaration): Promise<string> {
  const openings = openingsFor(run, declaration).filter(({ orderId }) => !run.armed.has(orderId));
  const identity = openings.at(-1)?.identity;
  try {
    const news = await newsAmong(openings, (order) => run.knows(order));
    if (news !== undefined) return sentenceOfKnowledge(news.known);
    const holder = identity && (await run.journal?.claimedElsewhere(identity, 0));
    return holder === undefined ? MAYBE_CHARGED : sentenceOf(holder.outcome, "later", holder.settled);
  } catch {
    return MAYBE_CHARGED;
  }
}
