import diagnostics from "node:diagnostics_channel";

/**
 * Where a process can end so that it matters for the money. Tests place the end of the real provider process there by
 * `VERCEL_CREDITS_CRASH_AT=<point>`, or `<point>:<purchase>`; nothing else sets that.
 *
 * | point | what is kept by then |
 * |---|---|
 * | `before-intent-record` | the order's opening: nothing was sent, and the next update goes on by itself |
 * | `after-intent-record` | the claim: in doubt, though nothing was sent |
 * | `request-left` | the claim: in doubt, and the endpoint may act |
 * | `answer-read` | the claim: in doubt, though the answer was here |
 * | `before-completion` | the same, with the outcome judged |
 * | `before-state` | the completion: the next update records it |
 */
export const CRASH_POINTS = [
  "before-intent-record",
  "after-intent-record",
  "request-left",
  "answer-read",
  "before-completion",
  "before-state",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export function crashPoint(point: CrashPoint, purchase: string): void {
  if (isPlaced(point, purchase)) process.kill(process.pid, "SIGKILL");
}

/** `request-left`: when the last byte of the next request was handed to the operating system. */
export function crashWhenRequestLeft(purchase: string): void {
  if (!isPlaced("request-left", purchase)) return;
  diagnostics.subscribe("http.client.request.start", (message) => {
    const { request } = message as { request: NodeJS.EventEmitter };
    request.once("finish", () => crashPoint("request-left", purchase));
  });
}

function isPlaced(point: CrashPoint, purchase: string): boolean {
  const placed = process.env.VERCEL_CREDITS_CRASH_AT;
  return placed !== undefined && (placed === point || placed === `${point}:${purchase}`);
}
