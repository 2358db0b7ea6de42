import type { Inputs } from "../../provider/src/lifecycle/inputs";
import { refusedChange } from "../../provider/src/lifecycle/standing";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const args: Inputs = { creditType: "gateway", amount: 100, team: "acme", attempt: 1 };
const kept: Record<string, Inputs> = {
  succeeded: { ...args, status: "succeeded", intentId: "pur_1" },
  adopted: { ...args, status: "adopted", intentId: "pur_1", adopt: "pur_1" },
  pending: { ...args, status: "pending", intentId: "pur_1" },
  settling: { ...args, status: "settling", intentId: "pur_1" },
  unknown: { ...args, status: "unknown", reason: "?" },
  checkout: { ...args, status: "checkout", reason: "?" },
  refused: { ...args, status: "refused", reason: "?" },
  failed: { ...args, status: "failed", reason: "?", intentId: "pur_1" },
};
const all = Object.keys(kept);

/** In which standings a change is refused. */
const refusedIn = (change: Inputs) =>
  all.filter((status) => refusedChange(kept[status] as Inputs, { ...args, ...change }) !== undefined);

describe("which changes are refused, by what is on record", () => {
  test.each(["creditType", "amount", "team"])(
    "%s is final once bought or pending, and free after a refusal",
    (name) => {
      expect(refusedIn({ [name]: "other" })).toEqual([
        "succeeded",
        "adopted",
        "pending",
        "settling",
        "unknown",
        "checkout",
      ]);
      expect(refusedIn({ [name]: "other", attempt: 2 })).toEqual([
        "succeeded",
        "adopted",
        "pending",
        "settling",
      ]);
    },
  );

  test("a team that came from a default and is gone counts as changed", () => {
    expect(refusedIn({ team: undefined })).toContain("succeeded");
  });

  test("attempt is raised freely, but not where it is bought", () => {
    expect(refusedIn({ attempt: 2 })).toEqual(["succeeded", "adopted"]);
  });

  test("attempt is never lowered", () => {
    const raised = { ...kept.unknown, attempt: 3 };
    expect(refusedChange(raised, { ...args, attempt: 2 })).toContain("attempt can't be lowered from 3 to 2");
  });

  test("adopt is refused where it contradicts a recorded intent", () => {
    expect(refusedIn({ adopt: "pur_2" })).toEqual(["succeeded", "adopted", "pending", "settling", "failed"]);
    expect(refusedIn({ adopt: "pur_1" })).toEqual([]);
  });

  test("the purchase intent behind a subscription intent is no contradiction", () => {
    const orb = { ...args, status: "pending", intentId: "orbsubint_1", purchaseIntentId: "pur_1" };
    expect(refusedChange(orb, { ...args, adopt: "pur_1" })).toBeUndefined();
  });

  test("source may change, and values not known yet are not judged", () => {
    expect(refusedIn({ source: "other" })).toEqual([]);
    expect(
      refusedIn({ amount: UNKNOWN, creditType: UNKNOWN, team: UNKNOWN, adopt: UNKNOWN, attempt: UNKNOWN }),
    ).toEqual([]);
  });

  test("every refusal says that nothing was charged", () => {
    for (const change of [{ amount: 5 }, { attempt: 2 }, { adopt: "pur_2" }]) {
      expect(refusedChange(kept.succeeded as Inputs, { ...args, ...change })).toContain(
        "Nothing was charged.",
      );
    }
  });
});
