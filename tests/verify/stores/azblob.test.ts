import { keepsItsWordWith } from "../../support/conformance";

keepsItsWordWith("azblob");
