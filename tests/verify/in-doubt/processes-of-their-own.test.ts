import { testTransformed } from "../../support/processes-of-their-own";

testTransformed("pluginDownloadURL");
testTransformed("provider");
