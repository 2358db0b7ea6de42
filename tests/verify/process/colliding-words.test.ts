import { testCollidingWords } from "../../support/tables/colliding-words";

testCollidingWords("others");
