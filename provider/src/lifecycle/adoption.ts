import { setTimeout as after } from "node:timers/promises";
import type { PurchaseDeclaration } from "./inputs";
import { openingsFor } from "./order-steps";
import type { Run } from "./run";
import { adoptsAnothers } from "./wording";

/** What it may take to look for another purchase: it only helps a person who mistook the id. */
const LONGEST_MS = 5000;

/**
 * A line where the id that a program adopts is that of another purchase, as the journal has it. To be asked only where the
 * adoption is news. A person may know better, so it stops nothing; where the journal can't tell in time, there is none.
 */
export async function mistakenAdoption(
  run: Run,
  declaration: PurchaseDeclaration,
  id: string,
): Promise<string | undefined> {
  const found = run.madeUnder(id).catch(() => []);
  const others = await Promise.race([found, after(LONGEST_MS, [], { ref: false })]);
  const own = openingsFor(run, declaration).map(({ orderId }) => orderId);
  const { resource } = declaration;
  const other = others.find(
    ({ order, identity }) =>
      !own.includes(order) &&
      (identity?.urn !== resource?.urn || identity?.organization !== resource?.organization),
  );
  return other && adoptsAnothers(declaration, id, other);
}
