import { testCellsOf } from "../../support/matrix";

/** What is done to the state, to the journal, or at the same time. The journal is lost after all that relies on it. */
testCellsOf(
  "replace both",
  "lose both",
  "copy",
  "taint order",
  "taint both",
  "lose purchase",
  "lose order",
  "journal set back",
  "journal gone",
  "journal off",
  "overlapping updates",
);
