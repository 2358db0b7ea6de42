import { createHash } from "node:crypto";

/** A whole number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** The same numbers for the same seed. */
export function randomOf(seed: string): Random {
  let count = 0;
  return (below) => createHash("sha256").update(`${seed}/${count++}`).digest().readUInt32BE() % below;
}
