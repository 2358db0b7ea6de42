import { testCellsOf } from "../../support/matrix";

describe("after pending", () => testCellsOf("pending"));
