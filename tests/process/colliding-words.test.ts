import { testCollidingWords } from "../support/tables/colliding-words";

testCollidingWords("every nth");
