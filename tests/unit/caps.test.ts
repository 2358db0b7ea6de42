import { overCap, type Wanted } from "../../provider/src/charge/caps";
import { Settings } from "../../provider/src/settings";

const wanted: Wanted = { creditType: "gateway", amount: 100, team: "acme" };
const judged = (order: Wanted, config: Record<string, string>, before = 0) =>
  overCap({ ...wanted, ...order }, new Settings((key) => config[key], {}), before)?.why;

describe("vercelCredits:maxAmount", () => {
  test("is the most that one purchase may be, to the dollar", () => {
    const config = { "vercelCredits:maxAmount": "100" };

    expect(judged({ amount: 100 }, config)).toBeUndefined();
    expect(judged({ amount: 101 }, config)).toBe(
      "amount is $101.00, and vercelCredits:maxAmount allows $100.00 for one purchase.",
    );
  });

  test("is 1000 dollars where nothing is configured", () => {
    expect(judged({ amount: 1000 }, {})).toBeUndefined();
    expect(judged({ amount: 1001 }, {})).toContain("vercelCredits:maxAmount allows $1,000.00");
  });
});

describe("vercelCredits:maxAmountPerUpdate", () => {
  test("is the most that an update may charge in all, to the dollar", () => {
    const config = { "vercelCredits:maxAmountPerUpdate": "250" };

    expect(judged({ amount: 100 }, config, 150)).toBeUndefined();
    expect(judged({ amount: 100 }, config, 151)).toBe(
      "amount ($100.00) brings this update to $251.00, and vercelCredits:maxAmountPerUpdate allows $250.00.",
    );
  });

  test("is 1000 dollars where nothing is configured", () => {
    expect(judged({ amount: 1000 }, {}, 0)).toBeUndefined();
    expect(judged({ amount: 1 }, {}, 1000)).toContain("vercelCredits:maxAmountPerUpdate allows $1,000.00");
  });
});

test("only the credit types that are allowed may be bought", () => {
  const config = { "vercelCredits:allowedCreditTypes": "gateway,v0" };

  expect(judged({ creditType: "v0" }, config)).toBeUndefined();
  expect(judged({ creditType: "agent" }, config)).toBe(
    "creditType is agent, and vercelCredits:allowedCreditTypes allows gateway, v0.",
  );
});

test("only for the teams that are allowed, and so not for the token's own default", () => {
  const config = { "vercelCredits:allowedTeams": "acme" };

  expect(judged({ team: "acme" }, config)).toBeUndefined();
  expect(judged({ team: "other" }, config)).toContain("team is other");
  expect(judged({ team: undefined }, config)).toContain("team is the token's own default");
});

test("what isn't known before the update is judged in it", () => {
  const config = {
    "vercelCredits:allowedCreditTypes": "gateway",
    "vercelCredits:allowedTeams": "acme",
    "vercelCredits:maxAmount": "1",
  };

  expect(judged({ creditType: undefined, team: null, amount: undefined }, config)).toBeUndefined();
});
