import { testCellsOf } from "../../support/matrix";

describe("after failed", () => testCellsOf("failed"));
