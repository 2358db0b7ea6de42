// A stand-in for the owner's, with its types; replaced when this branch is taken over.
import type { Snapshot } from "../domain/balance-snapshot";
import type { Outcome } from "../domain/outcome";
import type { Receipt } from "../domain/receipt";
import type { Cause } from "../domain/result";
import type { FileStore } from "./file-store";

export interface JournaledPurchase {
  order: string;
  identity?: { endpoint: string; organization: string; urn: string };
  name?: string;
  project?: string;
  stack?: string;
  team?: string;
  creditType?: string;
  amount?: number;
  attempt?: number;
  time?: string;
  host?: string;
  outcome: Outcome;
  status?: string;
  receipt: Receipt;
  cause?: Cause;
  settled?: Outcome;
  requestLeft: boolean;
  unresolved: boolean;
  forgotten: boolean;
  doubleCharge: boolean;
  known: boolean;
  balance?: Snapshot;
}

export function readBooks(_store: FileStore): Promise<JournaledPurchase[]> {
  throw new Error("journal/books.ts is a stand-in");
}
