import { expectAliasFindsOrder, TYPE } from "../../support/aliases";

test("an alias that a transform adds to the purchase only finds its order, too: what is in doubt stays so", () =>
  expectAliasFindsOrder(`"urn:pulumi:dev::test::${TYPE}::credits"`));
