import type { Purchase } from "../../provider/src/receipts/purchases";

const TYPES = ["gateway", "v0", "agent"];

/** A purchase that was bought; `n` makes it differ from others. */
export function bought(n: number, changes: Partial<Purchase> = {}): Purchase {
  const amount = [100, 30, 1250, 7, 500][n % 5] ?? 1;
  return {
    outcome: "bought",
    status: "succeeded",
    time: new Date(Date.UTC(2026, 10, 1 + (n % 28), 9, 30)).toISOString(),
    name: `${TYPES[n % 3]}-2026-${n}`,
    project: "billing",
    stack: "prod",
    team: ["acme", "globex"][n % 2],
    creditType: TYPES[n % 3],
    amount,
    attempt: 1,
    currency: "usd",
    subtotal: `${amount}.00`,
    tax: (amount * 0.08).toFixed(2),
    total: (amount * 1.08).toFixed(2),
    intentId: `pur_${"4kQz8mW2rT6yB1nVxC3d".slice(0, 16)}${n}`,
    order: `order_3bdfa815-2b23-4ca0-a743-e7a0778560${n}`,
    requestId: "fra1::iad1::x8zqk-1764060993669-8e6c4c1b2f5d",
    ...changes,
  };
}

const unsettled = (n: number): Purchase[] =>
  (["unknown", "pending", "checkout", "adopted"] as const).map((outcome, i) => {
    const { total, tax, subtotal, currency, ...rest } = bought(n + i);
    return { ...rest, outcome, status: outcome === "pending" ? "processing" : outcome };
  });

const LONG = "the-credits-that-everybody-in-the-whole-of-the-company-uses-for-their-experiments-2026-q4";

/** Pages that have to be readable, by what is special about them. */
export const PAGES: Record<string, readonly Purchase[]> = {
  "one month": Array.from({ length: 5 }, (_, n) => bought(n)).concat(unsettled(20)),
  "twenty-four months": Array.from({ length: 40 }, (_, n) =>
    bought(n, { time: new Date(Date.UTC(2025, Math.floor(n * 0.6), 15)).toISOString() }),
  ),
  "long names": Array.from({ length: 12 }, (_, n) =>
    bought(n, {
      name: n % 2 ? LONG.replaceAll("-", "") : `${LONG}-${n}`,
      team: `team-${n}-${"of-a-long-name-".repeat(4)}`,
      project: n % 3 ? "billing" : "a-project-with-a-name-that-is-long",
      stack: n % 3 ? "production-europe" : "staging",
      intentId: `orbsubint_${"x".repeat(80)}`,
    }),
  ),
  "many currencies": ["usd", "eur", "jpy", "gbp", "a-currency-that-is-none"].flatMap((currency, c) =>
    Array.from({ length: 3 }, (_, n) =>
      bought(c + n, { currency, total: `${"12345678901234567890".slice(0, 3 * n + 3)}.00` }),
    ),
  ),
  "secrets and the sandbox": [
    bought(1),
    {
      ...bought(2),
      total: "[secret]",
      tax: "[secret]",
      amount: undefined,
      secret: ["total", "tax", "amount"],
    },
    bought(3, { sandbox: "http://127.0.0.1:4010" }),
    ...unsettled(4).map((one) => ({ ...one, sandbox: "http://127.0.0.1:4010" })),
  ],
  nothing: [],
};
