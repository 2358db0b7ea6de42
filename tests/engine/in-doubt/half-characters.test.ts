import { NOTHING_CHARGED } from "../../../provider/src/domain/messages";
import { cutWithin, expectEndsAndKeeps } from "../../support/half-characters";

test("a message of the server that would be cut in the middle of a character: the command ends, and the record is kept", () =>
  expectEndsAndKeeps(
    { status: 400, body: { error: { code: "bad_request", message: cutWithin(500) } } },
    "refused",
    NOTHING_CHARGED,
  ));
