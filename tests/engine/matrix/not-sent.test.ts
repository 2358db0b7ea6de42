import { testCellsOf } from "../../support/matrix";

describe("after notSent", () => testCellsOf("notSent"));
