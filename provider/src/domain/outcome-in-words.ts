import type { Outcome } from "./outcome";

/** `bought`, or with Vercel's own word where that is another: `pending (Vercel: processing)`. */
export function outcomeInWords(of: {
  readonly outcome: Outcome;
  readonly status?: string | undefined;
  readonly settled?: Outcome | undefined;
}): string {
  const { outcome, status, settled } = of;
  if (settled !== undefined && settled !== outcome) return `${outcome} (was ${settled})`;
  const isSame =
    status === undefined || status === outcome || (outcome === "bought" && status === "succeeded");
  return isSame ? outcome : `${outcome} (Vercel: ${status})`;
}
