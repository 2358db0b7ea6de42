import { testScenarios } from "../support/model-scenarios";

testScenarios("first");
