import { CELLS, FOUND } from "../../support/cells";
import { testCellsOf } from "../../support/matrix";
import { STEPS } from "../../support/steps";

/** The steps that a person declares, and those by which a purchase is made anew. Those of the contract's own table: see `outcome-table`. */
testCellsOf(
  "adopt",
  "withdraw",
  "amount",
  "amount, higher attempt",
  "default team",
  "replace purchase",
  "replace order",
  "replace both",
);

test("every step is in the table of cells for every outcome", () => {
  const outcomes = CELLS.filter(({ step }) => step === FOUND).map(({ outcome }) => outcome);
  for (const step of Object.keys(STEPS)) {
    const cells = CELLS.filter((cell) => cell.step === step);
    expect(cells.map(({ outcome }) => outcome)).toEqual(outcomes);
  }
});
