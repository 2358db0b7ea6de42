import { testSentences } from "../../support/tables/sentences";

testSentences("others");
