import { testOutcomes } from "../support/tables/outcomes";

testOutcomes("every nth");
