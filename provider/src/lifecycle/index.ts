/**
 * What the engine calls, in the provider process. The state of every stack that uses this package holds the text
 * `require("pulumi-vercel-credits/lifecycle").purchase` (and `.order`), so these two names are promises.
 *
 * Nothing in here imports the Pulumi SDK: the provider process has its own.
 */
export { order } from "./order";
export { purchase } from "./purchase";
