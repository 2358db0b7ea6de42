import { testReadFaults } from "../../support/tables/read-faults";

testReadFaults("others");
