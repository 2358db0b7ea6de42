import { testHostileAnswers } from "../../support/tables/hostile-answers";

testHostileAnswers("others");
