import { CreditPlan, CreditPurchase } from "pulumi-vercel-credits";
import { SETTING_KEYS } from "../../provider/src/domain/setting-keys";
import { refusal, registered } from "../support/mocks";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";

const purchase = () => new CreditPurchase("c", { creditType: "gateway", amount: 1 });
const plan = () => new CreditPlan("p", { purchases: { q4: { gateway: 1 } } });

describe("a setting that doesn't exist is refused by its name: a misspelled limit is no limit", () => {
  test.each([
    ["maxAmout", "Did you mean vercelCredits:maxAmount?"],
    ["maxamount", "Did you mean vercelCredits:maxAmount?"],
    ["maxAmountPerMonht", "Did you mean vercelCredits:maxAmountPerMonth?"],
    ["allowedTeam", "Did you mean vercelCredits:allowedTeams?"],
    ["requireAPlan", "Did you mean vercelCredits:requirePlan?"],
    ["colour", "Remove it; the settings are vercelCredits:maxAmount, vercelCredits:maxAmountPerUpdate, "],
  ])("%s", async (name, hint) => {
    for (const program of [purchase, plan]) {
      const refused = await refusal(program, { [`vercelCredits:${name}`]: "secret-2" });

      expect(refused.output).toMatch(/^CreditPurchase "(c|p-q4-gateway)": /);
      expect(refused.output).toContain(`vercelCredits:${name} is configured, and is not a setting`);
      expect(refused.output).toContain(hint);
      expect(refused.output).not.toContain("secret-2");
      expect(sentencesOf(refused)).toEqual([NOTHING_CHARGED]);
      expectReadable(refused);
    }
  });

  test("every one that exists is taken, and so is what other packages and the program itself are configured with", async () => {
    const config = {
      ...Object.fromEntries(SETTING_KEYS.map((key) => [key, "1"])),
      "vercel:team": "acme",
      "vercel:teem": "acme",
      "test:maxAmout": "2",
      "vercelCreditsToo:maxAmout": "2",
    };

    expect(await registered(purchase, { config })).toHaveLength(2);
  });
});
