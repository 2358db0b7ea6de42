/** What a program imports. */
export { CreditPurchase, type CreditPurchaseArgs } from "./credit-purchase";
export type { CreditType } from "./order-arguments";
