import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { z } from "zod";

const chargeSchema = z.object({
  /** A slug, an id, or `(default)` where the request named none. */
  team: z.string(),
  creditType: z.string(),
  /** Whole US dollars. */
  amount: z.number(),
  intentId: z.string(),
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
    const charge = { ...order, intentId: `pur_${randomId()}`, time: new Date().toISOString() };
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

/** The last line may be torn, where the sandbox was killed as it wrote: that charge was never answered. */
function readCharges(path: string): Charge[] {
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  truncateSync(path, Buffer.byteLength(whole));
  return whole
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      try {
        return chargeSchema.parse(JSON.parse(line));
      } catch (error) {
        throw new Error(`line ${i + 1} is not a charge of this sandbox`, { cause: error });
      }
    });
}

export function randomId(): string {
  return randomBytes(9).toString("base64url").replaceAll(/[-_]/g, "x");
}
