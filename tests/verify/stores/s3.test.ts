import { keepsItsWordWith } from "../../support/conformance";

keepsItsWordWith("s3");
