const SILENT_LIMIT_MS = 15_000;

/** Where lines for the user go. */
export type Log = (line: string) => void;

/**
 * Shows that a long step is alive: one living line on a terminal; elsewhere (a log file, a caller with a `log` of
 * its own) a line at the start and every 15 seconds.
 */
export async function withProgress<T>(
  log: Log | undefined,
  what: string,
  work: (detail: (text: string) => void) => Promise<T>,
  who = "engine",
): Promise<T> {
  const living = log === undefined && process.stderr.isTTY;
  const say = log ?? console.error;
  const start = performance.now();
  let detail = "";
  const line = () => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return [`${who}: ${what}`, detail, elapsed].filter((part) => part !== "").join(", ");
  };
  const redraw = () =>
    process.stderr.write(`\r\x1b[2K${line().slice(0, (process.stderr.columns || 80) - 1)}`);

  if (living) redraw();
  else say(`${who}: ${what} ...`);
  const timer = setInterval(() => (living ? redraw() : say(line())), living ? 1000 : SILENT_LIMIT_MS);
  try {
    return await work((text) => {
      detail = text;
    });
  } finally {
    clearInterval(timer);
    if (living) process.stderr.write("\r\x1b[2K");
  }
}
