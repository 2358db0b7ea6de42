import { chargeLine, checkArguments, type Inputs, summarize } from "../../provider/src/lifecycle/inputs";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const good: Inputs = { creditType: "gateway", amount: 100, team: "acme", __label: "top-up" };
const wrong = (inputs: Inputs) => checkArguments({ ...good, ...inputs }).failures;

describe("checking arguments", () => {
  test("good ones pass, with source and attempt filled in", () => {
    expect(checkArguments(good)).toMatchObject({
      inputs: { ...good, source: "pulumi", attempt: 1 },
      failures: [],
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
    ["amount", undefined],
    ["team", ""],
    ["team", "two words"],
    ["source", ""],
    ["attempt", 0],
    ["attempt", 1.5],
    ["attempt", "2"],
    ["adopt", ""],
    ["adopt", "pur 1"],
    ["amonut", 100],
  ])("%s = %j is refused by name", (name, value) => {
    const failures = wrong({ [name]: value });

    expect(failures.map(({ property }) => property)).toEqual([name]);
    expect(failures[0]?.reason).toContain(name);
  });

  test("a value that is not known yet passes, and is not changed", () => {
    const inputs = { creditType: UNKNOWN, amount: UNKNOWN, team: UNKNOWN, attempt: UNKNOWN, adopt: UNKNOWN };

    expect(checkArguments({ ...good, ...inputs })).toMatchObject({ inputs, failures: [] });
  });
});

describe("what a reviewer reads", () => {
  test("the charge line says what, how much, for whom, and that it is not refundable", () => {
    expect(chargeLine({ ...good, amount: 1000 })).toBe(
      "💳 top-up: $1,000.00 of AI Gateway credits for team acme will be charged now. Not refundable.",
    );
    expect(chargeLine({ ...good, team: undefined })).toContain("for the token's own default team");
    expect(chargeLine({ ...good, amount: UNKNOWN, creditType: UNKNOWN, team: UNKNOWN })).toBe(
      "💳 top-up: an amount not known before the update of credits for team (not known before the update) will be charged now. Not refundable.",
    );
  });

  test("the summary is unknown while a part of it is, so that a plan made from the preview fits", () => {
    expect(summarize({ ...good, amount: UNKNOWN })).toBe(UNKNOWN);
    expect(summarize(good)).toContain("$100.00 of AI Gateway credits for team acme");
  });
});
