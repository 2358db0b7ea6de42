import { testOutcomes } from "../../support/tables/outcomes";

testOutcomes("others");
