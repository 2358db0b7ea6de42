// What a program imports. The types stand alone because Pulumi brings a TypeScript 3.8 for programs that bring none,
// and it must be able to read what is generated from this.

export type { GatewayBalance, V0Balance, V0Block } from "./balances/balance";
export type { CreditPlanArgs, PlannedPurchase, PlannedPurchases } from "./credit-plan";
export { CreditPlan } from "./credit-plan";
export type { CreditPurchaseArgs } from "./credit-purchase";
export { CreditPurchase } from "./credit-purchase";
export type { CreditType } from "./domain/order-arguments";
export type { Outcome } from "./domain/outcome";
export {
  getGatewayBalance,
  getGatewayBalanceOutput,
  getV0Balance,
  getV0BalanceOutput,
} from "./get-balance";
