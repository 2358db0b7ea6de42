/**
 * The three sentences of which every message about money holds exactly one, word for word, so that a person
 * and a script can tell at a glance whether money moved.
 */
export const NOTHING_CHARGED = "Nothing was charged.";
export const CHARGED = "The card was charged.";
export const MAYBE_CHARGED = "The card may have been charged.";

const LONGEST_PRINTED = 500;

/**
 * Makes text that came from elsewhere (a server, a program, the environment) safe to print: control characters,
 * escape sequences and the invisible characters that reorder text are shown as `\u....` instead of obeyed, and
 * long text is cut. It is always well-formed: see `cutTo`.
 */
export function printable(text: string, longest = LONGEST_PRINTED): string {
  const visible = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u${c.codePointAt(0)?.toString(16).padStart(4, "0")}`);
  return visible.length > longest ? `${cutTo(visible, longest)}...` : visible;
}

/**
 * The beginning of a text, without half a character at its end: the engine's call for a resource never ends where a text
 * holds a lone surrogate, and the record of a charge is lost with it.
 */
export function cutTo(text: string, longest: number): string {
  const cut = text.slice(0, longest);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/**
 * Where a person sees what a team was really charged, and changes its card and its plan.
 *
 * @param sandbox The address, where the purchase is of one of this machine: Vercel's page never has it, and that one lists it.
 */
export function billingPage(team: string | undefined, sandbox?: string): string {
  return sandbox === undefined ? settingsPage(team, "/billing") : printable(sandbox, 200);
}

/** A page of a team's settings: `/billing`, `/members`, or its general one. Where only its id is known, Vercel asks which team. */
export function settingsPage(team: string | undefined, page: "" | "/billing" | "/members"): string {
  return team === undefined || team.startsWith("team_")
    ? `https://vercel.com/d?to=${encodeURIComponent(`/[team]/~/settings${page}`)}`
    : `https://vercel.com/${encodeURIComponent(team.toWellFormed())}/~/settings${page}`;
}
