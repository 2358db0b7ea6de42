import { LAST_RELEASE, testUpgradeFrom } from "../support/upgrade";

testUpgradeFrom(LAST_RELEASE);
