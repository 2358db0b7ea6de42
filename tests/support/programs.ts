/** The text of a program with `A`, good arguments, at hand. */
export const program = (body: string) => `
const pulumi = require("@pulumi/pulumi");
const { CreditPurchase } = require("pulumi-vercel-credits");
const A = { creditType: "gateway", amount: 1 };
${body}`;

export const purchase = (args: string) => program(`new CreditPurchase("c", { ...A, ${args} });`);

export const SECRETS = purchase(
  'amount: pulumi.secret(77), team: pulumi.secret("hushteam"), source: pulumi.secret("hushhush")',
);

/** What of `SECRETS` must not stand in a state. */
export const SECRET_IN_THE_CLEAR = /hush|\$77|"77(\.00)?"|": ?77[,}]/;
