import { REPEATED } from "../domain/refusal";
import { orderProvider } from "./order";
import { purchaseProvider } from "./purchase";
import { Run } from "./run";

/**
 * What the engine calls, in the provider process. The state of every stack that uses this package holds the text
 * `require("pulumi-vercel-credits/lifecycle").purchase` (and `.order`), so these two names are promises.
 *
 * Nothing in here imports the Pulumi SDK: the provider process has its own.
 */
const run = new Run();
run.endWithEngine();

export const order = orderProvider(run);
export const purchase = purchaseProvider(run);

// Pulumi prints each refusal a second time: see `Refusal`.
const { error } = console;
console.error = (...words: unknown[]) => {
  if (words[0] !== REPEATED) error.apply(console, words);
};
