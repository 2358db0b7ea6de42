/**
 * What is deeper is left out: it would exhaust the stack when it is encoded for the engine, and the charge would be
 * lost.
 */
const DEEPEST = 40;

/**
 * Values by which Pulumi marks secrets, assets and unknowns. In an answer they could only be an attack, and
 * would make the engine refuse the outputs, and with them the record of the charge.
 */
const PULUMI_MARKERS =
  /4dabf18193072939515e22adb298388d|04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7|3eeb2bf0-c639-47a8-9e75-3b44932eb421|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a|dd056dcd-154b-4c76-9bd3-c8f88648b5ff/g;

/** A text that a stack's state can hold. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll(PULUMI_MARKERS, "[marker]");
}

/** A JSON value as one that a stack's state can hold, and gives back as it was. */
export function storable(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return "[too deep]";
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__proto__")
      .map(([key, item]) => [storableText(key), storable(item, depth + 1)]),
  );
}
