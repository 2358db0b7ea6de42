import { testAnswersByGuess } from "../support/tables/answers-by-guess";

testAnswersByGuess("every nth");
