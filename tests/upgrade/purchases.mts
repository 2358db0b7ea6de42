import type { Fault } from "pulumi-vercel-credits/sandbox";
import type { Declared } from "../support/project.mts";

/** One purchase for each way to stand on record, and the fault that brings it about. */
export const PURCHASES: readonly { name: string; args: NonNullable<Declared["args"]>; fault?: Fault }[] = [
  { name: "bought", args: { amount: 11 } },
  { name: "pending", args: { amount: 12 }, fault: "pending" },
  { name: "subscription", args: { amount: 13, creditType: "v0" }, fault: "orb" },
  { name: "checkout", args: { amount: 14 }, fault: "checkout" },
  { name: "failed", args: { amount: 15 }, fault: "failed" },
  { name: "refused", args: { amount: 16 }, fault: "decline" },
  { name: "unknown", args: { amount: 17 }, fault: "cut-after-charge" },
  { name: "adopted", args: { amount: 18, adopt: "pur_elsewhere" } },
];
