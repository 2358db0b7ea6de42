import { testCellsOf } from "../../support/matrix";

describe("after unknown", () => testCellsOf("unknown"));
