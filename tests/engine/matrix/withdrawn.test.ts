import { testCellsOf } from "../../support/matrix";

describe("after withdrawn", () => testCellsOf("withdrawn"));
