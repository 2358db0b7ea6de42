import { MEANING, OUTCOMES } from "../../provider/src/domain/outcome";
import {
  attemptsNeedApproval,
  creditsPerPurchase,
  creditsPerStack,
  creditsPerTeam,
  noPurchases,
} from "../../provider/src/policy/index";

const type = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** What a policy of the whole stack reports for a purchase with these properties, beside one that is new. */
function reported(
  policy: typeof creditsPerStack,
  props: object,
  config: object,
  more = [{ amount: 50 }],
): string[] {
  const reports: string[] = [];
  const resources = [{ amount: 100, ...props }, ...more].map((one) => ({
    ...{ type, name: "credits" },
    props: { team: "acme", ...one },
  }));
  const args = { resources, getConfig: () => config } as unknown as Parameters<
    typeof policy.validateStack
  >[0];
  policy.validateStack(args, (message) => void reports.push(`${message}`));
  return reports;
}

describe("the limits of a whole stack", () => {
  test.each(OUTCOMES)("%s counts as the table of outcomes says", (outcome) => {
    const counts = MEANING[outcome].counts ? 1 : 0;
    expect(reported(creditsPerStack, { outcome }, { maxAmount: 149 })).toHaveLength(counts);
    expect(reported(creditsPerTeam, { outcome }, { maxAmounts: { acme: 149 } })).toHaveLength(counts);
  });

  test.each(OUTCOMES)("%s alone is no longer judged: nothing new is bought", (outcome) => {
    const limits = [{ maxAmount: 1 }, { maxAmounts: { acme: 1 } }] as const;
    expect(reported(creditsPerStack, { outcome }, limits[0], [])).toEqual([]);
    expect(reported(creditsPerTeam, { outcome }, limits[1], [])).toEqual([]);
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

test("a purchase that a program put under another type is judged like any other", () => {
  const judged = (type: string, props: object) => {
    const reports: string[] = [];
    const validate = creditsPerPurchase.validateResource as (args: unknown, report: unknown) => void;
    validate({ type, name: "credits", props, getConfig: () => ({ maxAmount: 50 }) }, (why: string) =>
      reports.push(why),
    );
    return reports.length;
  };
  const props = { creditType: "agent", amount: 900, orderId: "order_1", summary: "Buys" };
  expect(judged("pulumi-nodejs:dynamic/my:Thing", props)).toBe(1);
  expect(judged("pulumi-nodejs:dynamic/vercel:PurchaseOrder", props)).toBe(0);
  expect(judged("pulumi-nodejs:dynamic/my:Thing", { amount: 900 })).toBe(0);
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

describe("no-purchases", () => {
  const reported = (props: object, config: object, of = type) => {
    const reports: string[] = [];
    const args = { ...{ type: of, name: "credits", props }, getConfig: () => config };
    const validate = noPurchases.validateResource as (args: unknown, report: unknown) => void;
    validate(args, (message: string) => void reports.push(message));
    return reports;
  };

  test("is off until it is enabled, in a pack of all policies, too", () => {
    expect(reported({}, {})).toEqual([]);
    expect(reported({}, { enabled: false })).toEqual([]);
    expect(noPurchases.configSchema?.properties.enabled).toMatchObject({ default: false });
  });

  test("stops every purchase that may be sent", () => {
    const on = { enabled: true };
    expect(reported({ amount: 1 }, on)).toEqual([
      "credits: no Vercel credits may be bought here. Remove this purchase.",
    ]);
    expect(reported({ onRecord: true }, on)).toEqual([]);
    expect(reported({ adopt: "pur_1" }, on)).toEqual([]);
    expect(reported({ withdraw: true }, on)).toEqual([]);
    const later = {
      get adopt() {
        throw new Error("not known yet");
      },
    };
    for (const props of [{ onRecord: "true" }, { withdraw: false }, later]) {
      expect(reported(props, on)).toHaveLength(1);
    }
    expect(reported({}, on, "aws:s3:Bucket")).toEqual([]);
  });
});
