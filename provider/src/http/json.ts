/**
 * Reads JSON in which numbers may be money: those that JavaScript would write otherwise than they were sent come as
 * the text they were sent as. Throws where it is no JSON.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, exactNumber);
}

/** The same; undefined where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const digits = context?.source;
  return typeof value === "number" && digits !== undefined && String(value) !== digits ? digits : value;
}
