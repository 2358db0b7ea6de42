import { testAnswersByGuess } from "../../support/tables/answers-by-guess";

testAnswersByGuess("others");
