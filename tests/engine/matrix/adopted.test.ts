import { testCellsOf } from "../../support/matrix";

describe("after adopted", () => testCellsOf("adopted"));
