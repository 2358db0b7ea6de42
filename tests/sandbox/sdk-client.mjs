import { Vercel } from "@vercel/sdk";

/** Buys 100 AI Gateway credits with Vercel's own SDK from the address it is given, and prints what that made of it. */
const vercel = new Vercel({ serverURL: process.argv[2], bearerToken: "sandbox" });
const answer = await vercel.billing.buyCredits({
  slug: "acme",
  requestBody: { item: { type: "credits", creditType: "gateway", amount: 100 } },
});
console.log(JSON.stringify(answer));
