import type { Outcome } from "../../provider/src/domain/outcome";
import type { Outset } from "./outset";
import { overlapping } from "./overlapping";
import type { Run } from "./project.mts";

/** What is done next to a purchase, up to the `pulumi` command that is judged. */
export const STEPS: Record<string, (outset: Outset) => Promise<Run>> = {
  nothing: (outset) => outset.up(),
  "higher attempt": (outset) => declareAndUp(outset, { attempt: 2, withdraw: undefined }),
  adopt: (outset) => declareAndUp(outset, { adopt: "pur_other", withdraw: undefined }),
  withdraw: (outset) => declareAndUp(outset, { withdraw: true, adopt: undefined }),
  amount: (outset) => declareAndUp(outset, { amount: 50 }),
  "amount, higher attempt": (outset) => declareAndUp(outset, { amount: 50, attempt: 2, withdraw: undefined }),
  "default team": (outset) => {
    outset.project.env.VERCEL_TEAM = "other";
    return outset.up();
  },
  destroy: (outset) => destroy(outset),
  "replace purchase": (outset) => outset.up("--replace", outset.urn("CreditPurchase")),
  "replace order": (outset) => outset.up("--replace", outset.urn("PurchaseOrder")),
  "replace both": (outset) => outset.up(...both(outset).flatMap((urn) => ["--replace", urn])),
  "taint purchase": (outset) => stateAndUp(outset, "taint", outset.urn("CreditPurchase")),
  "taint order": (outset) => stateAndUp(outset, "taint", outset.urn("PurchaseOrder")),
  "taint both": (outset) => stateAndUp(outset, "taint", ...both(outset)),
  "lose purchase": (outset) => stateAndUp(outset, "delete", outset.urn("CreditPurchase")),
  "lose order": (outset) => {
    outset.project.loseFromState("PurchaseOrder");
    return outset.up();
  },
  "lose both": (outset) => stateAndUp(outset, "delete", ...both(outset)),
  move: async (outset) => {
    await outset.moveToAnotherProject();
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
  "overlapping updates": async (outset) => {
    const buysAnyway = ["bought", "adopted", "notSent"].includes(outset.outcome);
    outset.declare(buysAnyway ? {} : { attempt: 2, withdraw: undefined });
    const { first } = await overlapping(outset.project, () => outset.up());
    return first;
  },
};

export interface WayOut {
  take(outset: Outset): Promise<Run>;
  /** How many requests it sends. */
  readonly sends: 0 | 1;
  /** What the state has then; `"as before"`: what it had before the step. */
  readonly after: readonly (Outcome | undefined | "as before")[];
  /** What the message that led here names. */
  readonly named?: RegExp;
}

const ATTEMPT = { sends: 1, after: ["bought"], named: /\battempt\b/ } as const;
const ADOPT = { sends: 0, after: ["adopted"], named: /\badopt\b/ } as const;

/** Ways out of what fails, as the documents describe them. Each succeeds. */
export const WAYS: Record<string, WayOut> = {
  attempt: { ...ATTEMPT, take: raise },
  adopt: { ...ADOPT, take: (outset) => declareAndUp(outset, { adopt: "pur_found" }) },
  "adopt its own": {
    ...ADOPT,
    // What is on record as bought stays that: the id is its own.
    after: ["adopted", "bought"],
    take: (outset) => declareAndUp(outset, { adopt: outset.own }),
  },
  "adopt the last": { ...ADOPT, take: (outset) => declareAndUp(outset, { adopt: lastCharge(outset) }) },
  withdraw: {
    sends: 0,
    after: ["withdrawn"],
    named: /\bwithdraw\b/,
    take: (outset) => declareAndUp(outset, { withdraw: true }),
  },
  "withdraw, destroy": {
    sends: 0,
    after: [undefined],
    named: /\bwithdraw\b/,
    async take(outset) {
      await outset.project.mustRun("state", "unprotect", "--all", "--yes");
      const withdrawn = await declareAndUp(outset, { withdraw: true });
      return withdrawn.code === 0 ? destroy(outset) : withdrawn;
    },
  },
  "set back": {
    sends: 0,
    after: ["as before"],
    take(outset) {
      const withdrawn = outset.outcome === "withdrawn" ? true : undefined;
      const adopt = outset.outcome === "adopted" ? "pur_found" : undefined;
      outset.project.env.VERCEL_TEAM = "acme";
      return declareAndUp(outset, { attempt: undefined, amount: undefined, adopt, withdraw: withdrawn });
    },
  },
  "plain up": { sends: 0, after: ["as before"], take: (outset) => outset.up() },
  untaint: {
    sends: 0,
    after: ["as before"],
    async take(outset) {
      await untaint(outset);
      return outset.up();
    },
  },
  "untaint, attempt": {
    ...ATTEMPT,
    async take(outset) {
      await untaint(outset);
      return raise(outset);
    },
  },
  "untaint, adopt": {
    ...ADOPT,
    async take(outset) {
      await untaint(outset);
      return declareAndUp(outset, { adopt: "pur_found" });
    },
  },
  "another name": {
    sends: 1,
    after: ["bought"],
    named: /\banother name\b/,
    take(outset) {
      outset.declare({}, "another");
      return outset.up();
    },
  },
};

const both = (outset: Outset) => [outset.urn("CreditPurchase"), outset.urn("PurchaseOrder")];

function declareAndUp(outset: Outset, more: Parameters<Outset["declare"]>[0]): Promise<Run> {
  outset.declare(more);
  return outset.up();
}

function raise(outset: Outset): Promise<Run> {
  const attempt = Number(outset.declared.attempt ?? 1) + 1;
  return declareAndUp(outset, { attempt, adopt: undefined, withdraw: undefined });
}

/** The order was replaced by then; the purchase, which was not, is still tainted. */
function untaint(outset: Outset): Promise<void> {
  return state(outset, "untaint", outset.urn("CreditPurchase"));
}

async function state(outset: Outset, command: string, ...urns: string[]): Promise<void> {
  for (const urn of urns) await outset.project.mustRun("state", command, urn, "--yes");
}

async function stateAndUp(outset: Outset, command: string, ...urns: string[]): Promise<Run> {
  await state(outset, command, ...urns);
  return outset.up();
}

async function destroy(outset: Outset): Promise<Run> {
  await outset.project.mustRun("state", "unprotect", "--all", "--yes");
  return outset.project.run("destroy", "--yes", "--skip-preview");
}

/** What a person finds on the billing page. */
function lastCharge(outset: Outset): string {
  return outset.sandbox.charges().at(-1)?.intentId ?? "";
}
