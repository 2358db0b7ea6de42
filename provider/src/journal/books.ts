// A stand-in with the types of the owner's, which replaces it.
import type { Snapshot } from "../domain/balance-snapshot";
import type { Outcome } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { Cause } from "../domain/result";
import type { PurchaseIdentity } from "../state/order-reference";
import type { FileStore } from "./file-store";

/** One order as a person reads about it: what was ordered, and what came of it. Money is text exactly as answered. */
export interface JournaledPurchase {
  readonly order: string;
  readonly identity?: PurchaseIdentity | undefined;
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly stack?: string | undefined;
  readonly team?: string | undefined;
  readonly creditType?: string | undefined;
  /** Dollars asked for. */
  readonly amount?: number | undefined;
  readonly attempt?: number | undefined;
  /** When its request was about to leave, else when it was opened. */
  readonly time?: string | undefined;
  readonly host?: string | undefined;
  /** A person's word where there is one; `unknown` without a completion; `notSent` where no request left. */
  readonly outcome: Outcome;
  readonly status?: string | undefined;
  readonly receipt: Receipt;
  readonly cause?: Cause | undefined;
  /** What it was before a person's word. */
  readonly settled?: Outcome | undefined;
  readonly requestLeft: boolean;
  /** Nobody knows whether it charged, and nobody has settled it. */
  readonly unresolved: boolean;
  readonly forgotten: boolean;
  /** Another order for the same purchase charged, too, and neither was forgotten in between. */
  readonly doubleCharge: boolean;
  /** A person said that the double charge is known. */
  readonly known: boolean;
  /** The balance when it was opened, where one could be read. */
  readonly balance?: Snapshot | undefined;
}

export function readBooks(_store: FileStore): Promise<JournaledPurchase[]> {
  throw new Error("journal/books.ts is a stand-in");
}
