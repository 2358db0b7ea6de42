import { testCellsOf } from "../support/matrix";

/**
 * A purchase of each outcome is tainted or moved: only the journal or a
 * person's word lets another request out. The other steps are in `tests/verify/matrix`.
 */
testCellsOf("taint purchase", "move");
