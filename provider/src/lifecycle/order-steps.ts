import type { OrderReference } from "../state/order-reference";
import { isUnknown, type PurchaseDeclaration } from "./inputs";
import { keyOf } from "./order";
import type { OrderStep, Run } from "./run";

/** In a preview that opens another order, the engine knows nothing of it yet; those before it were seen by its step. */
export function openingsFor(run: Run, declaration: PurchaseDeclaration): readonly OrderReference[] {
  return isUnknown(declaration.orderId) ? (stepOf(run, declaration)?.before ?? []) : declaration.openings;
}

export function stepOf(run: Run, declaration: PurchaseDeclaration): OrderStep | undefined {
  return run.orderSteps.get(keyOf(declaration));
}
