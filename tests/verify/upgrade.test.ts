import { LAST_RELEASE, testUpgradeFrom, VERSIONS } from "../support/upgrade";

for (const version of VERSIONS.filter((each) => each !== LAST_RELEASE)) testUpgradeFrom(version);
