import { testCellsOf } from "../../support/matrix";

describe("after bought", () => testCellsOf("bought"));
