import { testCellsOf } from "../../support/matrix";

describe("after checkout", () => testCellsOf("checkout"));
