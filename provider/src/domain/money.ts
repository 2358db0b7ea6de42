const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `1500` as `$1,500.00`. One credit is one US dollar; Vercel may add tax. */
export function dollars(credits: number | bigint): string {
  return DOLLARS.format(credits);
}

/** A decimal string as answered, such as `95.5`, as `$95.50`; nothing is rounded. */
export function dollarsText(decimal: string): string {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  return `${sign}$${BigInt(whole).toLocaleString("en-US")}.${fraction.padEnd(2, "0")}`;
}
