import { testPreflight } from "../../support/tables/preflight";

testPreflight("others");
