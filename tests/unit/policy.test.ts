import { MEANING, OUTCOMES } from "../../provider/src/domain/outcome";
import { attemptsNeedApproval, creditsPerStack, creditsPerTeam } from "../../provider/src/policy/index";

const type = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** What a policy of the whole stack reports for one purchase with these properties. */
function reported(policy: typeof creditsPerStack, props: object, config: object): string[] {
  const reports: string[] = [];
  const resources = [{ type, name: "credits", props: { amount: 100, team: "acme", ...props } }];
  const args = { resources, getConfig: () => config } as unknown as Parameters<
    typeof policy.validateStack
  >[0];
  policy.validateStack(args, (message) => void reports.push(`${message}`));
  return reports;
}

describe("the limits of a whole stack", () => {
  test.each(OUTCOMES)("%s counts as the table of outcomes says", (outcome) => {
    const counts = MEANING[outcome].counts ? 1 : 0;
    expect(reported(creditsPerStack, { outcome }, { maxAmount: 99 })).toHaveLength(counts);
    expect(reported(creditsPerTeam, { outcome }, { maxAmounts: { acme: 99 } })).toHaveLength(counts);
  });

  test.each([
    ["no outcome yet, as where a request will be sent", {}],
    ["Vercel's word", { status: "failed" }],
    ["a word that is no outcome", { outcome: "not charged" }],
    [
      "an outcome that can't be read yet",
      {
        get outcome() {
          throw new Error("unknown");
        },
      },
    ],
  ])("%s counts", (_what, props) => {
    const resources = [
      {
        type,
        name: "credits",
        props: Object.defineProperties({ amount: 100 }, Object.getOwnPropertyDescriptors(props)),
      },
    ];
    const reports: string[] = [];
    const args = { resources, getConfig: () => ({ maxAmount: 99 }) };
    creditsPerStack.validateStack(
      args as unknown as Parameters<typeof creditsPerStack.validateStack>[0],
      (message) => void reports.push(`${message}`),
    );
    expect(reports).toHaveLength(1);
  });
});

describe("attempts-need-approval", () => {
  const reported = (attempt: unknown, outcome: string) => {
    const reports: string[] = [];
    const args = {
      ...{ type, name: "credits", props: { attempt, outcome } },
      getConfig: () => ({ approved: ["credits@2"] }),
    };
    const validate = attemptsNeedApproval.validateResource as (args: unknown, report: unknown) => void;
    validate(args, (message: string) => void reports.push(message));
    return reports;
  };

  test.each(OUTCOMES)("goes by the attempt, whatever the outcome: %s", (outcome) => {
    expect(reported(1, outcome)).toEqual([]);
    expect(reported(2, outcome)).toEqual([]);
    expect(reported(3, outcome)).toHaveLength(1);
    expect(reported("1", outcome)).toHaveLength(1);
  });
});
