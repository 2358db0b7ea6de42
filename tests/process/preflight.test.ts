import { testPreflight } from "../support/tables/preflight";

testPreflight("every nth");
