import { randomUUID } from "node:crypto";
import { thisProcess } from "../domain/process-identity";
import type { Durability, JournalStore } from "./store";

/** A record's text, with when and by whom it was written. */
export function recordText(fields: object, nonce: string = randomUUID()): string {
  const record = { ...fields, time: new Date().toISOString(), process: thisProcess, nonce };
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/**
 * Writes a record. True where it is ours, also where the store could not say so: the answer of a network file system can be
 * lost, and then its nonce tells.
 */
export async function write(
  store: JournalStore,
  name: string,
  fields: object,
  durability: Durability,
): Promise<boolean> {
  const nonce = randomUUID();
  if (await store.createIfAbsent(name, recordText(fields, nonce), durability)) return true;
  return (await store.read(name))?.includes(nonce) ?? false;
}

/** Text from a program or a setting as a part of a record's name, so that a person finds it. */
export function readable(text: string, longest = 40): string {
  return (
    text
      .normalize("NFKD")
      .replaceAll(/[^\w.-]+/g, "-")
      .slice(0, longest)
      .replaceAll(/^[-.]+|[-.]+$/g, "") || "x"
  );
}
