import { testCellsOf } from "../../support/matrix";

describe("after refused", () => testCellsOf("refused"));
