import { testSecureConnections } from "../../support/tables/secure-connection";

testSecureConnections("others");
