import { Vercel } from "@vercel/sdk";

/**
 * Buys 100 AI Gateway credits with Vercel's own SDK from the address it is given, and prints what that made of it.
 * A second argument is the SDK's option `retryConfig`, as JSON.
 */
const [serverURL, retryConfig] = process.argv.slice(2);
const vercel = new Vercel({
  serverURL,
  bearerToken: "sandbox",
  ...(retryConfig && { retryConfig: JSON.parse(retryConfig) }),
});
const answer = await vercel.billing.buyCredits({
  slug: "acme",
  requestBody: { item: { type: "credits", creditType: "gateway", amount: 100 } },
});
console.log(JSON.stringify(answer));
