// What a program imports. The types stand alone because Pulumi brings a TypeScript 3.8 for programs that bring none,
// and it must be able to read what is generated from this.

export type { CreditPurchaseArgs } from "./credit-purchase";
export { CreditPurchase } from "./credit-purchase";
export type { CreditType } from "./order-arguments";
