import type { Endpoint } from "../settings";

/** How a rate limit (429) is waited for: so many times, and so long in all. */
export const MOST_WAITS = 3;
export const LONGEST_WAIT_SECONDS = 60;

/** How long the one request can be under way, with its waits for a rate limit. */
export function longestRequestSeconds({ timeoutSeconds }: Pick<Endpoint, "timeoutSeconds">): number {
  return timeoutSeconds * (MOST_WAITS + 1) + LONGEST_WAIT_SECONDS;
}
