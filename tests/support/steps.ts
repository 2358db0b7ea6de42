import type { Outcome } from "../../provider/src/domain/outcome";
import { readEvents, type Said } from "./events";
import type { Outset } from "./outset";
import { overlapping } from "./overlapping";

/** What is done next to some purchases of a stack, up to the `pulumi` command that is judged. */
export type Step = (outset: Outset, outcomes: readonly Outcome[]) => Promise<Said>;

export const STEPS: Record<string, Step> = {
  nothing: (outset) => outset.up(),
  "higher attempt": declaring({ attempt: 2, withdraw: undefined }),
  adopt: declaring({ adopt: "pur_other", withdraw: undefined }),
  withdraw: declaring({ withdraw: true, adopt: undefined }),
  amount: declaring({ amount: 50 }),
  "amount, higher attempt": declaring({ amount: 50, attempt: 2, withdraw: undefined }),
  "default team": (outset) => {
    outset.project.env.VERCEL_TEAM = "other";
    return outset.up();
  },
  destroy: (outset) => outset.run("destroy"),
  "replace purchase": (outset, outcomes) => outset.up(...replacing(outset.urns(outcomes, "CreditPurchase"))),
  "replace order": (outset, outcomes) => outset.up(...replacing(outset.urns(outcomes, "PurchaseOrder"))),
  "replace both": (outset, outcomes) => outset.up(...replacing(outset.urns(outcomes, ...BOTH))),
  "taint purchase": (outset, outcomes) => taintAndUp(outset, outset.urns(outcomes, "CreditPurchase")),
  "taint order": (outset, outcomes) => taintAndUp(outset, outset.urns(outcomes, "PurchaseOrder")),
  "taint both": (outset, outcomes) => taintAndUp(outset, outset.urns(outcomes, ...BOTH)),
  "lose purchase": (outset, outcomes) => loseAndUp(outset, outcomes, "CreditPurchase"),
  "lose order": (outset, outcomes) => loseAndUp(outset, outcomes, "PurchaseOrder"),
  "lose both": (outset, outcomes) => loseAndUp(outset, outcomes, ...BOTH),
  move: async (outset, outcomes) => {
    await outset.moveToAnotherProject(outcomes);
    return outset.up();
  },
  copy: (outset) => {
    outset.copyElsewhere();
    return outset.up();
  },
  "journal set back": (outset) => {
    outset.setJournalBack();
    return outset.up();
  },
  "journal gone": (outset) => {
    outset.loseJournal();
    return outset.up();
  },
  "journal off": (outset) => {
    outset.project.env.VERCEL_CREDITS_JOURNAL = "off";
    return outset.up();
  },
  /** Both with what would buy; the update that began first, and comes last, is judged. */
  "overlapping updates": async (outset, outcomes) => {
    const never = ["bought", "adopted", "notSent"];
    for (const outcome of outcomes) {
      if (!never.includes(outcome)) outset.declare(outcome, { attempt: 2, withdraw: undefined });
    }
    outset.writeProgram();
    const flags = ["--continue-on-error", "--event-log", "first.json"];
    const { first } = await overlapping(outset.project, () => outset.up(), ...flags);
    return readEvents(outset.project, "first.json", first.code);
  },
};

export interface WayOut {
  /** What a person does before the next `up`. */
  prepare(outset: Outset, outcome: Outcome): void;
  /** And after it: everything is destroyed. */
  readonly destroys?: true;
  /** How many requests it sends. */
  readonly sends: 0 | 1;
  /** What the state has then; `"as before"`: what it had before the step. */
  readonly after: readonly (Outcome | undefined | "as before")[];
  /** What the message that led here names. */
  readonly named?: RegExp;
}

const ATTEMPT = { sends: 1, after: ["bought"], named: /\battempt\b/ } as const;
const ADOPT = { sends: 0, after: ["adopted"], named: /\badopt\b/ } as const;
const AS_BEFORE = { sends: 0, after: ["as before"] } as const;

/** Ways out of what fails, as the documents describe them. Each succeeds. */
export const WAYS: Record<string, WayOut> = {
  attempt: { ...ATTEMPT, prepare: raise },
  adopt: { ...ADOPT, prepare: adopt },
  "adopt its own": {
    ...ADOPT,
    // What is on record as bought stays that: the id is its own.
    after: ["adopted", "bought"],
    prepare: (outset, outcome) => outset.declare(outcome, { adopt: outset.own(outcome) }),
  },
  "adopt the last": {
    ...ADOPT,
    prepare: (outset, outcome) => outset.declare(outcome, { adopt: lastCharge(outset, outcome) }),
  },
  withdraw: { sends: 0, after: ["withdrawn"], named: /\bwithdraw\b/, prepare: withdraw },
  "withdraw, destroy": {
    sends: 0,
    after: [undefined],
    named: /\bwithdraw\b/,
    prepare: withdraw,
    destroys: true,
  },
  "set back": {
    ...AS_BEFORE,
    prepare(outset, outcome) {
      outset.project.env.VERCEL_TEAM = "acme";
      outset.declare(outcome, {
        attempt: undefined,
        amount: undefined,
        adopt: outcome === "adopted" ? "pur_found" : undefined,
        withdraw: outcome === "withdrawn" ? true : undefined,
      });
    },
  },
  "plain up": { ...AS_BEFORE, prepare: () => undefined },
  untaint: { ...AS_BEFORE, prepare: untaint },
  "untaint, attempt": {
    ...ATTEMPT,
    prepare(outset, outcome) {
      untaint(outset, outcome);
      raise(outset, outcome);
    },
  },
  "untaint, adopt": {
    ...ADOPT,
    prepare(outset, outcome) {
      untaint(outset, outcome);
      adopt(outset, outcome);
    },
  },
  "another name": {
    sends: 1,
    after: ["bought"],
    named: /\banother name\b/,
    prepare: (outset, outcome) => outset.rename(outcome),
  },
};

const BOTH = ["CreditPurchase", "PurchaseOrder"] as const;

function declaring(more: Parameters<Outset["declare"]>[1]): Step {
  return (outset, outcomes) => {
    for (const outcome of outcomes) outset.declare(outcome, more);
    return outset.up();
  };
}

const replacing = (urns: readonly string[]) => urns.flatMap((urn) => ["--replace", urn]);

function raise(outset: Outset, outcome: Outcome): void {
  const attempt = Number(outset.declared(outcome).attempt ?? 1) + 1;
  outset.declare(outcome, { attempt, adopt: undefined, withdraw: undefined });
}

function adopt(outset: Outset, outcome: Outcome): void {
  outset.declare(outcome, { adopt: "pur_found" });
}

function withdraw(outset: Outset, outcome: Outcome): void {
  outset.declare(outcome, { withdraw: true });
}

/** What `pulumi state taint` writes. */
function taintAndUp(outset: Outset, urns: readonly string[]): Promise<Said> {
  outset.project.editState((resources) =>
    resources.map((one) => (urns.includes(one.urn) ? { ...one, taint: true } : one)),
  );
  return outset.up();
}

/** The order was replaced by then; the purchase, which was not, is still tainted. */
function untaint(outset: Outset, outcome: Outcome): void {
  const urn = outset.urn("CreditPurchase", outcome);
  outset.project.editState((resources) =>
    resources.map((one) => (one.urn === urn ? { ...one, taint: false } : one)),
  );
}

function loseAndUp(
  outset: Outset,
  outcomes: readonly Outcome[],
  ...halves: ("CreditPurchase" | "PurchaseOrder")[]
): Promise<Said> {
  for (const outcome of outcomes) {
    for (const half of halves) outset.project.loseFromState(half, outset.name(outcome));
  }
  return outset.up();
}

/** What a person finds on the billing page. */
function lastCharge(outset: Outset, outcome: Outcome): string {
  const ofIt = outset.sandbox.charges().filter(({ source }) => source === outset.name(outcome));
  return ofIt.at(-1)?.intentId ?? "";
}
