import { keepsItsWordWith } from "../../support/conformance";

keepsItsWordWith("postgres");
