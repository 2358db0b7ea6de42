import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { z } from "zod";

const chargeSchema = z.object({
  /** A slug, an id, or `(default)` where the request named none. */
  team: z.string(),
  /** `v0`, `gateway` or `agent`. */
  creditType: z.string(),
  /** Whole US dollars. */
  amount: z.number(),
  /** `pur_...`, as it was answered. */
  intentId: z.string(),
  /** The query value of that name; `api` where there was none. */
  source: z.string(),
  /** ISO 8601. */
  time: z.string(),
});

/** A charge that a real card would have seen. */
export type Charge = z.infer<typeof chargeSchema>;

/**
 * The charges this sandbox made. With a file they outlive it: each is on the disk before its answer leaves, so
 * that a sandbox that is killed has not forgotten what it charged.
 */
export class Ledger {
  readonly charges: Charge[] = [];
  readonly #file: number | undefined;

  constructor(path?: string) {
    if (path === undefined) return;
    if (existsSync(path)) this.charges.push(...readCharges(path));
    this.#file = openSync(path, "a");
  }

  /** The one place where the sandbox charges. */
  record(order: Pick<Charge, "team" | "creditType" | "amount" | "source">): Charge {
    // The team comes first: see LINE_START.
    const { team, ...rest } = order;
    const charge = { team, ...rest, intentId: `pur_${randomId()}`, time: new Date().toISOString() };
    this.charges.push(charge);
    if (this.#file !== undefined) {
      writeSync(this.#file, `${JSON.stringify(charge)}\n`);
      fsyncSync(this.#file);
    }
    return charge;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/**
 * The last line may be torn, where the sandbox was killed as it wrote: that charge was never answered. It is cut
 * off, but not before all else has proved to be charges: the file may be another's, named by mistake.
 */
function readCharges(path: string): Charge[] {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const torn = last !== "" && (last.startsWith(LINE_START) || LINE_START.startsWith(last));
  const charges = (torn || last === "" ? lines : [...lines, last]).map((line, i) => {
    try {
      return chargeSchema.parse(JSON.parse(line));
    } catch (error) {
      throw new Error(`line ${i + 1} is not a charge of this sandbox`, { cause: error });
    }
  });
  if (torn) truncateSync(path, Buffer.byteLength(text.slice(0, -last.length)));
  return charges;
}

/** How each line of the file begins. */
const LINE_START = '{"team":';

export function randomId(): string {
  return randomBytes(9).toString("base64url").replaceAll(/[-_]/g, "x");
}
