import { FOUND } from "../support/cells";
import { testCellsOf } from "../support/matrix";

/** The contract's table of outcomes: the update that finds one out, the next one, another request, and destroy. */
testCellsOf(FOUND, "nothing", "higher attempt", "destroy");
