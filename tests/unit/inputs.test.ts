import { type Properties, readDeclaration } from "../../provider/src/lifecycle/inputs";
import { chargeLine, summarize } from "../../provider/src/lifecycle/wording";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const good: Properties = { creditType: "gateway", amount: 100, team: "acme", __label: "top-up" };
const read = (inputs: Properties = {}) => readDeclaration({ ...good, ...inputs });
const wrong = (inputs: Properties) => read(inputs).problems.map(({ property }) => property);

describe("checking arguments", () => {
  test("good ones pass, with source and attempt filled in", () => {
    expect(read()).toMatchObject({
      name: "top-up",
      arguments: { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
      problems: [],
    });
  });

  test.each([
    ["creditType", "gold"],
    ["creditType", undefined],
    ["amount", 0],
    ["amount", -5],
    ["amount", 1.5],
    ["amount", "100"],
    ["amount", Number.MAX_SAFE_INTEGER + 1],
    ["amount", Number.NaN],
    ["amount", undefined],
    ["team", ""],
    ["team", "two words"],
    ["source", ""],
    ["attempt", 0],
    ["attempt", 1.5],
    ["attempt", "2"],
    ["adopt", ""],
    ["adopt", "pur 1"],
    ["withdraw", false],
    ["withdraw", "true"],
    ["withdraw", 1],
    ["amonut", 100],
    ["outcome", "bought"],
    ["toString", 1],
  ])("%s = %j is refused by name", (name, value) => {
    const { problems } = read({ [name]: value });

    expect(problems.map(({ property }) => property)).toEqual([name]);
    expect(problems[0]?.what).toContain(name);
  });

  test("adopt and withdraw say two things about one purchase", () => {
    expect(wrong({ adopt: "pur_1", withdraw: true })).toEqual(["withdraw"]);
    expect(wrong({ adopt: UNKNOWN, withdraw: true })).toEqual(["withdraw"]);
    expect(wrong({ withdraw: true })).toEqual([]);
  });

  test("half a character in a text is refused: the engine's call with it would never end", () => {
    const half = "pur_\ud83d";
    expect(wrong({ team: half, source: half, adopt: half })).toEqual(["team", "source", "adopt"]);
  });

  test("a value that is not known yet passes, and is not changed", () => {
    const inputs = { creditType: UNKNOWN, amount: UNKNOWN, team: UNKNOWN, attempt: UNKNOWN, adopt: UNKNOWN };

    expect(read(inputs)).toMatchObject({ arguments: inputs, problems: [] });
  });

  test("a secret argument is not quoted", () => {
    const { problems } = read({ summary: null, amount: "12345" });

    expect(problems.map(({ what }) => what).join()).not.toContain("12345");
  });
});

describe("what a reviewer reads", () => {
  test("the charge line says what, how much, for whom, and that it is not refundable", () => {
    expect(chargeLine(read({ amount: 1000 }))).toBe(
      "💳 top-up: $1,000.00 of AI Gateway credits for team acme will be charged now. Not refundable.",
    );
    expect(chargeLine(read({ team: undefined }))).toContain("for the token's own default team");
    expect(chargeLine(read({ amount: UNKNOWN, creditType: UNKNOWN, team: UNKNOWN }))).toBe(
      "💳 top-up: an amount not known before the update of credits for team (not known before the update) will be charged now. Not refundable.",
    );
    expect(chargeLine(read({ adopt: UNKNOWN }))).toContain(
      "unless adopt turns out to name an earlier purchase",
    );
  });

  test("the summary is unknown while a part of it is, so that a plan made from the preview fits", () => {
    expect(summarize(read({ amount: UNKNOWN }))).toBeUndefined();
    expect(summarize(read())).toContain("$100.00 of AI Gateway credits for team acme");
  });

  test("the summary of a person's word says that it charges nothing", () => {
    for (const word of [{ adopt: "pur_1" }, { withdraw: true }]) {
      expect(summarize(read(word))).toContain("charges nothing");
    }
  });
});
