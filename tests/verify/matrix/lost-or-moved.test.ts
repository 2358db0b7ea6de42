import { testCellsOf } from "../../support/matrix";

/** What is done to the state, to the journal, or at the same time. */
testCellsOf(
  "taint order",
  "taint both",
  "lose purchase",
  "lose order",
  "journal set back",
  "journal gone",
  "journal off",
  "replace both",
  "lose both",
  "copy",
  "overlapping updates",
);
