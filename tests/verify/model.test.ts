import { testScenarios } from "../support/model-scenarios";

testScenarios("others");
