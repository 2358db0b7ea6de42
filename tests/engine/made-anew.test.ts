import { testCellsOf } from "../support/matrix";

/**
 * A purchase of each outcome is replaced, tainted, lost or moved: only the journal or a
 * person's word lets another request out. The other steps are in `tests/verify/matrix`.
 */
testCellsOf("replace both", "taint purchase", "lose both", "move");
