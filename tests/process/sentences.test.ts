import { testSentences } from "../support/tables/sentences";

testSentences("every nth");
