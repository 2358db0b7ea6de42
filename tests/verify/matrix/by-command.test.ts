import { CELLS, FOUND } from "../../support/cells";
import { testCellsOf } from "../../support/matrix";
import { STEPS } from "../../support/steps";

/** The steps that `npm test` leaves out: see `tests/engine/outcome-table.test.ts` and `tests/engine/made-anew.test.ts`. */
testCellsOf(
  "adopt",
  "withdraw",
  "amount",
  "amount, higher attempt",
  "default team",
  "replace purchase",
  "replace order",
);

test("every step is in the table of cells for every outcome", () => {
  const outcomes = CELLS.filter(({ step }) => step === FOUND).map(({ outcome }) => outcome);
  for (const step of Object.keys(STEPS)) {
    const cells = CELLS.filter((cell) => cell.step === step);
    expect(cells.map(({ outcome }) => outcome)).toEqual(outcomes);
  }
});
