import type { Outcome } from "../domain/outcome";
import type { PurchaseIdentity } from "../state/order-reference";
import { isClosing } from "./claims";
import { claimSchema, completionSchema, parse, resolutionSchema, TORN } from "./records";
import type { JournalStore } from "./store";

/** A purchase that a journal has under an id. */
export interface MadeUnder {
  readonly order: string;
  readonly outcome: Outcome;
  /** Absent where its intent record can't be read. */
  readonly name?: string | undefined;
  readonly identity?: PurchaseIdentity | undefined;
}

/**
 * The purchases of this version that a journal has under an id that Vercel gave, or that a person adopted, less those that were
 * forgotten. It reads what came of every order: to be asked only where a person names an id, and never in every run.
 */
export async function madeUnder(store: JournalStore, id: string): Promise<MadeUnder[]> {
  const names = await store.names();
  const forgotten = new Set(names.filter((name) => name.endsWith(".forgotten")));
  const ends = names.filter((name) => /^order_[^.]+\.(completion|resolution\.\d+)$/.test(name));
  const found = new Map<string, Outcome>();
  for (const [name, text] of await store.readMany(ends)) {
    const [order = ""] = name.split(".");
    if (forgotten.has(`${order}.forgotten`)) continue;
    const outcome = outcomeUnder(id, name, text);
    if (outcome !== undefined && found.get(order) !== "bought") found.set(order, outcome);
  }
  if (found.size === 0) return [];
  const claims = await store.readMany(names.filter((name) => name.startsWith("intent.")));
  const intents = [...claims.values()].map((text) => parse(claimSchema, text));
  return [...found].map(([order, outcome]) => {
    const intent = intents.find((one) => one !== undefined && one !== TORN && one.order === order);
    if (intent === undefined || intent === TORN || isClosing(intent)) return { order, outcome };
    return { order, outcome, name: intent.name, identity: intent.identity };
  });
}

function outcomeUnder(id: string, name: string, text: string | undefined): Outcome | undefined {
  if (name.includes(".resolution.")) {
    const word = parse(resolutionSchema, text);
    return word !== undefined && word !== TORN && word.adopted === id ? "adopted" : undefined;
  }
  const end = parse(completionSchema, text);
  if (end === undefined || end === TORN) return undefined;
  const { intentId, purchaseIntentId, providerResourceId } = end.receipt;
  return [intentId, purchaseIntentId, providerResourceId].includes(id) ? end.outcome : undefined;
}
