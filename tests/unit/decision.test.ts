import { MEANING, OUTCOMES, type Outcome, sentenceOf } from "../../provider/src/domain/outcome";
import type { Result } from "../../provider/src/domain/result";
import type { Lease } from "../../provider/src/journal/claims";
import type { Knowledge } from "../../provider/src/journal/knowledge";
import { keepsItsTeam, wishOf } from "../../provider/src/lifecycle/decision";
import { type Action, ASKED_ABOUT, actionOf, type Findings } from "../../provider/src/lifecycle/findings";
import { type Properties, readDeclaration } from "../../provider/src/lifecycle/inputs";
import { type PurchaseState, readPurchase } from "../../provider/src/state/purchase-state";
import { MAYBE_CHARGED } from "../support/sentences";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const ARGUMENTS = { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 };
const ORDER = {
  orderId: "order_1",
  attempt: 1,
  identity: { endpoint: "https://api.vercel.com/", organization: "acme", urn: "urn:1" },
  journal: { id: "journal_1", entry: "opening.1" },
};

/** What Vercel gave with an outcome, where it gave an id. */
const GIVEN: Partial<Record<Outcome, Properties>> = {
  bought: { intentKind: "purchaseIntent", intentId: "pur_1" },
  pending: { intentKind: "purchaseIntent", intentId: "pur_1" },
  failed: { intentKind: "purchaseIntent", intentId: "pur_1" },
  adopted: { adopt: "pur_1", intentId: "pur_1" },
  withdrawn: { withdraw: true },
};

function stateOf(outcome: Outcome, more: Properties = {}, record: object = {}): PurchaseState {
  return readPurchase({
    ...ARGUMENTS,
    orderId: "order_1",
    outcome,
    ...GIVEN[outcome],
    ...more,
    __record: { order: ORDER, ...record },
  });
}

const declared = (change: Properties = {}) => readDeclaration({ ...ARGUMENTS, __label: "top-up", ...change });

/** What the program's wish comes to, or what is said where it is refused. */
function judged(state: PurchaseState, change: Properties): string {
  try {
    return wishOf(state, declared(change)).kind;
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

const inWords = (said: string) => said.replace(/:.*/s, "");
const of = (outcomes: readonly Outcome[], change: Properties) =>
  Object.fromEntries(outcomes.map((outcome) => [outcome, inWords(judged(stateOf(outcome), change))]));
const all = (word: string, but: Partial<Record<Outcome, string>> = {}) =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, but[outcome] ?? word]));

describe("what a program may ask of a purchase, by the outcome on record", () => {
  test("nothing new keeps it, whatever the outcome", () => {
    expect(of(OUTCOMES, {})).toEqual(all("keep"));
    expect(of(OUTCOMES, { source: "other" })).toEqual(all("keep"));
  });

  test("a higher attempt buys once more, and never after a purchase that was made", () => {
    expect(of(OUTCOMES, { attempt: 2 })).toEqual(all("buy", { bought: "refused", adopted: "refused" }));
  });

  test("attempt is never lowered", () => {
    for (const outcome of OUTCOMES) {
      const said = judged(stateOf(outcome, { attempt: 3 }), { attempt: 2 });
      expect(said).toContain("attempt can't be lowered from 3 to 2");
    }
  });

  test.each(["creditType", "amount", "team"])(
    "%s is final, bound to a higher attempt, or free",
    (argument) => {
      const change = { [argument]: argument === "amount" ? 5 : argument === "team" ? "other" : "v0" };
      const isDoubt = { pending: "refused", checkout: "refused", unknown: "refused" };
      const isFinal = { bought: "refused", adopted: "refused" };

      expect(of(OUTCOMES, change)).toEqual(all("keep", { ...isFinal, ...isDoubt }));
      expect(of(OUTCOMES, { ...change, attempt: 2 })).toEqual(all("buy", isFinal));
    },
  );

  test("adopt records another purchase unless Vercel gave an id that says otherwise", () => {
    expect(of(OUTCOMES, { adopt: "pur_2" })).toEqual(
      all("adopt", { bought: "refused", pending: "refused", failed: "refused" }),
    );
    expect(of(OUTCOMES, { adopt: "pur_1" })).toEqual(all("adopt", { adopted: "keep" }));
  });

  test("adopt wins over a higher attempt: nothing is sent, also where the last order had another id", () => {
    const change = { adopt: "pur_2", attempt: 2 };
    expect(of(OUTCOMES, change)).toEqual(all("adopt", { bought: "refused", adopted: "refused" }));
  });

  test("an adopted id that Vercel itself gave is not corrected to another", () => {
    const given = stateOf("adopted", {}, { settled: "pending", vercelIds: ["pur_1"] });
    expect(judged(given, { adopt: "pur_2" })).toContain("contradicts the id that Vercel gave");
    expect(judged(given, { adopt: "pur_1" })).toBe("keep");
  });

  test("the purchase intent behind a subscription intent is no contradiction", () => {
    const ids = { intentKind: "orbSubscriptionIntent", intentId: "orbsubint_1", purchaseIntentId: "pur_1" };
    expect(judged(stateOf("pending", ids), { adopt: "pur_1" })).toBe("adopt");
    expect(judged(stateOf("pending", ids), { adopt: "orbsubint_1" })).toBe("adopt");
  });

  test("withdraw settles what may not have been made, and nothing else", () => {
    expect(of(OUTCOMES, { withdraw: true })).toEqual(
      all("withdraw", { bought: "refused", withdrawn: "keep" }),
    );
    expect(of(OUTCOMES, { withdraw: true, attempt: 2 })).toEqual(all("refused"));
    expect(of(OUTCOMES, { withdraw: true, adopt: "pur_1" })).toEqual(all("refused"));
  });

  test("withdraw settles a killed attempt, too, whose number is no higher one than its own", () => {
    const withdrawn = (attempt: number) => () =>
      wishOf(stateOf("failed"), declared({ attempt, withdraw: true }), undefined, [{ attempt: 2 }]);
    expect(withdrawn(1)()).toEqual({ kind: "withdraw" });
    expect(withdrawn(2)()).toEqual({ kind: "withdraw" });
    expect(withdrawn(3)).toThrow("withdraw says that it isn't wanted");
  });

  test("withdraw after adopted: refused where Vercel gave the id, or a request of ours left", () => {
    const word = (record: object) => inWords(judged(stateOf("adopted", {}, record), { withdraw: true }));

    expect(word({})).toBe("withdraw");
    expect(word({ settled: "notSent" })).toBe("withdraw");
    for (const settled of ["pending", "checkout", "failed", "refused", "unknown"]) {
      expect(word({ settled })).toBe("refused");
    }
    expect(word({ vercelIds: ["pur_1"] })).toBe("refused");
  });

  test("a withdrawal or an adoption that is no longer declared is kept: it takes more to undo it", () => {
    expect(judged(stateOf("withdrawn"), { withdraw: undefined })).toBe("keep");
    expect(judged(stateOf("adopted"), { adopt: undefined })).toBe("keep");
  });

  test("an attempt that the journal stopped is not taken for a new one", () => {
    const stopped = stateOf("pending", {}, { stoppedAttempt: 2 });
    expect(judged(stopped, { attempt: 2 })).toContain("was set before it was known how attempt 1 ended");
    expect(judged(stopped, { attempt: 3 })).toBe("buy");
  });

  test("what is not known before the update is not judged, and may turn out to buy", () => {
    const later = { amount: UNKNOWN, creditType: UNKNOWN, team: UNKNOWN, adopt: UNKNOWN };
    expect(of(OUTCOMES, later)).toEqual(all("keep"));
    const orders = OUTCOMES.filter((outcome) => MEANING[outcome].anotherRequest !== "never");
    expect(of(orders, { attempt: UNKNOWN })).toEqual(
      Object.fromEntries(orders.map((outcome) => [outcome, "buy"])),
    );
  });

  test("a record that was changed by hand is not relied on, whatever is asked", () => {
    const altered = readPurchase({ ...ARGUMENTS, outcome: "paid", __record: { order: ORDER } });
    for (const change of [{}, { attempt: 2 }, { adopt: "pur_2" }, { withdraw: true }]) {
      const said = judged(altered, change);
      expect(said).toContain("was changed by hand");
      expect(said).toContain(MAYBE_CHARGED);
      expect(said).not.toContain("\n");
    }
  });

  test("every refusal holds the sentence that is true of the purchase, and no other", () => {
    const wrong = [
      { attempt: 0 },
      { amount: 5 },
      { amount: 5, attempt: 2 },
      { adopt: "pur_2" },
      { attempt: 2, withdraw: true },
      { withdraw: true },
    ];
    for (const outcome of OUTCOMES) {
      for (const said of wrong.map((change) => judged(stateOf(outcome), change))) {
        if (!said.startsWith("refused")) continue;
        expect(said.match(/(Nothing was|The card was|The card may have been) charged\./g)).toEqual([
          sentenceOf(outcome, "later"),
        ]);
      }
    }
  });

  test("with a withdrawn checkout session, that is the card that may have been charged", () => {
    const said = judged(stateOf("withdrawn", {}, { settled: "checkout" }), { attempt: 0 });
    expect(said).toContain(MAYBE_CHARGED);
  });
});

describe("a team that came from a default", () => {
  const state = (outcome: Outcome, more: Properties = {}) => stateOf(outcome, more, { teamIsDefault: true });
  const FINAL: Outcome[] = ["bought", "adopted"];

  test.each(FINAL)("is kept where only the default changed, and it is %s", (outcome) => {
    for (const change of [{ team: "other", __teamIsDefault: true }, { team: undefined }]) {
      expect(judged(state(outcome), change)).toBe("keep");
      expect(keepsItsTeam(state(outcome), declared(change))).toBe(true);
    }
  });

  test.each(["pending", "checkout", "unknown"] as Outcome[])(
    "that is missing now is named, with where to set it, and it is %s",
    (outcome) => {
      const said = judged(state(outcome), { team: undefined });
      expect(said).toContain(
        'its team is the default, which was "acme" when it was ordered and is (none) now',
      );
      expect(said).toContain('Set VERCEL_TEAM or vercel:team to "acme", or name it as team.');
    },
  );

  test.each(FINAL)("is changed where the program names another, and it is %s", (outcome) => {
    expect(inWords(judged(state(outcome), { team: "other" }))).toBe("refused");
    expect(inWords(judged(stateOf(outcome), { team: "other", __teamIsDefault: true }))).toBe("refused");
  });
});

const LEASE: Lease = {
  host: "other-host",
  until: "2100-01-01T00:00:00.000Z",
  process: { pid: 1, host: "other-host" },
};
const ABOUT = { order: "order_1", vercelIds: [] };

const completed = (outcome: Result["outcome"]): Knowledge => ({
  kind: "completed",
  result: { outcome, receipt: {} },
  ...ABOUT,
});
const RESULTS = ["bought", "pending", "checkout", "failed", "refused", "notSent", "unknown"] as const;

const KNOWN: Record<string, Knowledge> = {
  nothing: { kind: "nothing" },
  "never sent": { kind: "neverSent", isClosed: false },
  "never sent, closed": { kind: "neverSent", isClosed: true },
  lease: { kind: "inDoubt", lease: LEASE, ...ABOUT },
  "in doubt": { kind: "inDoubt", ...ABOUT },
  adopted: { kind: "resolved", resolution: { adopted: "pur_9" }, settled: "unknown", ...ABOUT },
  withdrawn: { kind: "resolved", resolution: { withdrawn: true }, settled: "unknown", ...ABOUT },
  ...Object.fromEntries(RESULTS.map((outcome) => [`completed ${outcome}`, completed(outcome)])),
};

const WISHES = {
  keep: { kind: "keep" },
  adopt: { kind: "adopt", id: "pur_9" },
  withdraw: { kind: "withdraw" },
  buy: { kind: "buy", attempt: 2 },
} as const;
type WishKind = keyof typeof WISHES;

/** What comes of a wish, for everything that the journal may know. */
function actions(outcome: Outcome, wish: WishKind, findings: (known: Knowledge) => Findings) {
  return Object.fromEntries(
    Object.entries(KNOWN).map(([name, known]) => [
      name,
      actionOf(stateOf(outcome), WISHES[wish], findings(known)).kind,
    ]),
  );
}
const onRecord = (known: Knowledge): Findings => ({ onRecord: known });
const newer =
  (of: Knowledge = { kind: "nothing" }, attempt = 1) =>
  (known: Knowledge): Findings => ({
    onRecord: of,
    newer: { order: { ...ORDER, orderId: "order_2", attempt }, known },
  });
const every = (word: Action["kind"], but: Record<string, Action["kind"]> = {}) =>
  Object.fromEntries(Object.keys(KNOWN).map((name) => [name, but[name] ?? word]));

const IS_SAID: WishKind[] = ["adopt", "withdraw", "buy"];

describe("what is done with what the journal knows of the order on record", () => {
  test("nothing that is missing overrules what is recorded", () => {
    for (const outcome of OUTCOMES) {
      expect(actionOf(stateOf(outcome), WISHES.keep, { onRecord: { kind: "nothing" } }).kind).toBe("keep");
    }
  });

  test("the journal is asked where it may know more", () => {
    expect(ASKED_ABOUT).toEqual(["unknown", "pending", "checkout", "notSent", "withdrawn"]);
  });

  test("what never left goes on by itself: both say so, of the very order on record", () => {
    const isUnsent = ["never sent", "never sent, closed", "completed notSent"];
    for (const outcome of OUTCOMES) {
      const found = actions(outcome, "keep", onRecord);
      const again = Object.keys(found).filter((name) => found[name] === "again");
      expect(again).toEqual(outcome === "notSent" ? isUnsent : []);
    }
  });

  test.each([
    "pending",
    "notSent",
    "withdrawn",
    "unknown",
    "failed",
    "refused",
    "checkout",
    "adopted",
  ] as const)("a charge that came to light late outweighs %s, and every wish", (outcome) => {
    for (const wish of Object.keys(WISHES) as WishKind[]) {
      expect(actions(outcome, wish, onRecord)["completed bought"]).toBe("record");
    }
  });

  test("unknown: an end or a person's word in the journal is recorded", () => {
    expect(actions("unknown", "keep", onRecord)).toEqual(
      every("keep", {
        lease: "wait",
        adopted: "record",
        withdrawn: "record",
        "completed bought": "record",
        "completed pending": "record",
        "completed checkout": "record",
        "completed failed": "record",
        "completed refused": "record",
        "completed notSent": "record",
      }),
    );
  });

  test("pending and withdrawn: only a charge, and for pending a person's word, say more", () => {
    const late = { "completed bought": "record", lease: "wait" } as const;
    expect(actions("pending", "keep", onRecord)).toEqual(
      every("keep", { ...late, adopted: "record", withdrawn: "record" }),
    );
    expect(actions("withdrawn", "keep", onRecord)).toEqual(every("keep", { ...late, adopted: "record" }));
  });

  test.each(IS_SAID)("while a lease runs, %s has to wait", (wish) => {
    for (const outcome of ASKED_ABOUT) {
      expect(actionOf(stateOf(outcome), WISHES[wish], onRecord(KNOWN.lease as Knowledge))).toEqual({
        kind: "wait",
        lease: LEASE,
        wish: WISHES[wish],
      });
    }
  });

  test.each(IS_SAID)("%s, which a person said, goes further than what was recorded before", (wish) => {
    expect(actions("unknown", wish, onRecord)).toEqual(
      every(wish, {
        lease: "wait",
        "completed bought": "record",
        // A higher attempt is a person's word that it was not made, and this is one that it was.
        ...(wish === "buy" && { adopted: "record" }),
      }),
    );
  });
});

describe("an order of an earlier run, without an outcome in the state", () => {
  const BEFORE = OUTCOMES.filter((outcome) => MEANING[outcome].anotherRequest !== "never");
  const NOT_KNOWN = { nothing: "inDoubt", "in doubt": "inDoubt", lease: "wait" } as const;
  const STOPS = {
    lease: "wait",
    "completed bought": "record",
    "completed pending": "record",
    "completed checkout": "record",
    adopted: "record",
  } as const;

  const NEVER_SENT = { "never sent": "keep", "never sent, closed": "keep" } as const;

  test.each(BEFORE)("after %s: its end is recorded, and in doubt it stays", (outcome) => {
    // Of the same attempt it was sent only where the record let that go on by itself.
    const isAllowed = MEANING[outcome].anotherRequest === "by itself";
    const notKnown = { ...NOT_KNOWN, nothing: isAllowed ? "inDoubt" : "keep" } as const;
    expect(actions(outcome, "keep", newer())).toEqual(every("record", { ...NEVER_SENT, ...notKnown }));
  });

  test.each(BEFORE)("after %s: a higher attempt of which nothing is known is in doubt", (outcome) => {
    const found = actions(outcome, "keep", newer(undefined, 2));
    expect(found).toEqual(every("record", { ...NEVER_SENT, ...NOT_KNOWN }));
  });

  test.each(BEFORE)(
    "after %s: a higher attempt is stopped by bought, pending, checkout and adopted, and by no other end",
    (outcome) => {
      expect(actions(outcome, "buy", newer())).toEqual(every("buy", STOPS));
    },
  );

  test.each(BEFORE)("after %s: an attempt says nothing about the order that was opened for it", (outcome) => {
    const goesOn = { "never sent": "buy", "never sent, closed": "buy", "completed notSent": "buy" } as const;
    expect(actions(outcome, "buy", newer(undefined, 2))).toEqual(
      every("record", { ...goesOn, ...NOT_KNOWN }),
    );
  });

  test.each(["adopt", "withdraw"] as const)("%s settles it, unless it was bought", (wish) => {
    for (const outcome of BEFORE) {
      // It is withdrawn already, where nothing was sent after that.
      const isSaid = wish === "withdraw" && outcome === "withdrawn";
      expect(actions(outcome, wish, newer(undefined, 2))).toEqual(
        every(wish, { lease: "wait", "completed bought": "record", ...(isSaid && NEVER_SENT) }),
      );
    }
  });

  test("what the state has as notSent does not go on by itself while nobody knows of a newer order", () => {
    const found = actions("notSent", "keep", newer({ kind: "neverSent", isClosed: true }));
    const again = Object.keys(found).filter((known) => found[known] === "again");
    expect(again).toEqual(["never sent", "never sent, closed"]);
  });
});
