import { keepsItsWordWith } from "../../support/conformance";

keepsItsWordWith("gs");
