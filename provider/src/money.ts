const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `1500` as `$1,500.00`. One credit is one US dollar; Vercel may add tax. */
export function dollars(credits: number | bigint): string {
  return DOLLARS.format(credits);
}
