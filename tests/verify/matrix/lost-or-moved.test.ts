import { testCellsOf } from "../../support/matrix";

/** What is done to the state, to the journal, or at the same time. */
testCellsOf(
  "taint purchase",
  "taint order",
  "taint both",
  "lose purchase",
  "lose order",
  "lose both",
  "move",
  "copy",
  "journal set back",
  "journal gone",
  "journal off",
  "overlapping updates",
);
