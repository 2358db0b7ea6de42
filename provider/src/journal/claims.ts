import { createHash } from "node:crypto";
import { hasEnded, type Writer } from "../domain/process-identity";
import { partsOfUrn } from "../domain/urn";
import { identityKey, type PurchaseIdentity } from "../state/order-reference";
import {
  type Claim,
  claimSchema,
  type closingSchema,
  type Intent,
  intentSchema,
  parse,
  TORN,
} from "./records";
import type { JournalStore } from "./store";
import { readable, write } from "./writing";

/** More tries than one purchase can have. */
const MOST_CLAIMS = 10_000;

/** Another process may be sending a request until then. */
export interface Lease {
  readonly host: string;
  readonly until: string;
  readonly process: Writer;
}

/**
 * The claims on one purchase, oldest first. An intent record is a claim, and so is the closing record that takes its place;
 * each has the next number, and whoever creates it first has it.
 */
export class Claims {
  /** How the names of all its claims begin. */
  readonly prefix: string;

  constructor(
    private readonly store: JournalStore,
    identity: PurchaseIdentity,
  ) {
    const hash = createHash("sha256").update(identityKey(identity)).digest("hex");
    const { stack = "", project = "", name } = partsOfUrn(identity.urn);
    const parts = [project, stack, name].map((part) => readable(part, 30)).join(".");
    this.prefix = `intent.${parts}-${hash.slice(0, 16)}`;
  }

  async all(): Promise<(Claim | typeof TORN)[]> {
    const claims: (Claim | typeof TORN)[] = [];
    for (let number = 1; number <= MOST_CLAIMS; number++) {
      const claim = parse(claimSchema, await this.store.read(this.nameOf(number)));
      if (claim === undefined) break;
      claims.push(claim);
    }
    return claims;
  }

  nameOf(number: number): string {
    return `${this.prefix}.${number}`;
  }

  /** Takes a number. False where another record has it. It must be on the disk before a request may leave. */
  take(number: number, record: object): Promise<boolean> {
    return write(this.store, this.nameOf(number), record, "durable");
  }
}

export const isIntentOf = (order: string) => (claim: Claim | typeof TORN) =>
  claim !== TORN && !isClosing(claim) && claim.order === order;

export const isClosingOf = (order: string) => (claim: Claim | typeof TORN) =>
  claim !== TORN && isClosing(claim) && claim.closed === order;

export function isClosing(claim: Claim): claim is ReturnType<typeof closingSchema.parse> {
  return "closed" in claim;
}

export function asIntent(claim: Claim | typeof TORN | undefined): Intent | undefined {
  if (claim === undefined || claim === TORN || isClosing(claim)) return undefined;
  return intentSchema.parse(claim);
}

/** Clocks of two machines may differ by so much. */
const CLOCKS_DIFFER_MS = 60_000;
/** Within so long after its intent record is written, a request must have begun. */
const LATEST_START_MS = 30_000;

/** A lease for a request that can be under way for so long; it must begin before `sendBefore`. */
export function leaseFor(secondsAtMost: number, now = Date.now()) {
  const sendBefore = now + LATEST_START_MS;
  return {
    sendBefore,
    until: new Date(sendBefore + secondsAtMost * 1000 + CLOCKS_DIFFER_MS).toISOString(),
  };
}

/** The lease of an intent record as long as it runs. It ends with its process, where that can be told for certain. */
export function leaseOf({ until, process }: Pick<Intent, "until" | "process">): Lease | undefined {
  if (!(Date.now() < Date.parse(until)) || hasEnded(process) === true) return undefined;
  return { host: process.host, until, process };
}
