import { testCellsOf } from "../support/matrix";

/** The contract's table of outcomes: the update that finds one out, the next one, another request, and destroy. */
testCellsOf("nothing", "higher attempt", "destroy");
