import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { type Part, partOf, single } from "../part";
import type { Declared } from "../project.mts";
import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../sentences";
import { journalOf, NO_JOURNAL, sandboxAndModel, upCrashingAt } from "../stack";

type Args = NonNullable<Declared["args"]>;
type Fault = Parameters<Sandbox["misbehave"]>[0];

export function testSentences(part: Part): void {
  /**
   * The sentence is about the purchase on record, and never about what was just refused alone: "Nothing was charged."
   * beside a purchase in doubt is read as its answer.
   */
  describe("what is refused says what is true of the purchase", () => {
    const cases: [string, Fault | undefined, Args, string][] = [];
    const each = (args: [string, Args][], fault: Fault | undefined, sentence: string) =>
      cases.push(...args.map(([what, arg]) => [what, fault, arg, sentence] as (typeof cases)[0]));

    each(
      [
        ["another amount", { amount: 50 }],
        ["another credit type", { creditType: "v0" }],
        ["another team", { team: "other" }],
        ["an amount that is not a number of credits", { amount: -1 }],
        ["an amount over the cap", { amount: 5000 }],
        ["a higher attempt over the cap", { amount: 5000, attempt: 2 }],
        ["an attempt that is none", { attempt: 0 }],
        ["an argument that doesn't exist", { colour: "red" }],
        ["adopt and withdraw at once", { adopt: "pur_1", withdraw: true }],
        ["withdraw with a higher attempt", { attempt: 2, withdraw: true }],
        ["withdraw that isn't true", { withdraw: false }],
      ],
      "cut-after-charge",
      MAYBE_CHARGED,
    );
    each(
      [
        ["another amount", { amount: 50 }],
        ["adopt with another id", { adopt: "pur_other" }],
      ],
      "pending",
      MAYBE_CHARGED,
    );
    // From the next run on, somebody can have paid in it.
    each([["another amount", { amount: 50 }]], "checkout", MAYBE_CHARGED);
    each(
      [
        ["another amount", { amount: 50 }],
        ["a higher attempt", { attempt: 2 }],
        ["withdraw", { withdraw: true }],
        ["adopt with another id", { adopt: "pur_other" }],
        ["an attempt that is none", { attempt: 0 }],
      ],
      undefined,
      CHARGED,
    );
    each([["an attempt that is none", { attempt: 0 }]], "decline", NOTHING_CHARGED);

    test.each(partOf(part, 3, cases))("%s, after %s", async (_what, fault, args, sentence) => {
      const { sandbox, project } = await sandboxAndModel();
      if (fault) sandbox.misbehave(fault);
      await project.up("--skip-preview");
      const kept = project.outputs();

      project.declare({ args });
      const run = await project.up("--skip-preview");

      expect(sentencesOf(run)).toEqual([sentence]);
      expect(run.code).not.toBe(0);
      // Other arguments are named in what to do; what is wrong is named first.
      expect(run.output).toMatch(new RegExp(`credits: (can't change )?(${Object.keys(args).join("|")})\\b`));
      expectReadable(run);
      expect(project.outputs()).toEqual(kept);
      expect(sandbox.requests()).toHaveLength(1);
    });
  });

  single(part)("an attempt that is set back says what is true of the last one", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("decline");
    await project.up("--skip-preview");
    sandbox.misbehave("cut-after-charge");
    project.declare({ args: { attempt: 2 } });
    await project.up("--skip-preview");

    project.declare({});
    const back = await project.up("--skip-preview");

    expect(sentencesOf(back)).toEqual([MAYBE_CHARGED]);
    expect(back.output).toContain("attempt");
    expect(sandbox.requests()).toHaveLength(2);
  });

  single(part)(
    "without a token, a higher attempt of a purchase in doubt says that it is in doubt",
    async () => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave("cut-after-charge");
      await project.up("--skip-preview");

      project.declare({ args: { attempt: 2 } });
      project.env.VERCEL_API_TOKEN = "";
      const run = await project.up("--skip-preview");

      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expect(run.code).not.toBe(0);
      expect(sandbox.requests()).toHaveLength(1);
    },
  );

  single(part)("a purchase that is in doubt isn't destroyed, and is said to be in doubt", async () => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave("cut-after-charge");
    await project.up("--skip-preview");

    const destroyed = await project.destroyUnprotected();

    expect(destroyed.code).not.toBe(0);
    expect(sentencesOf(destroyed)).toEqual([MAYBE_CHARGED]);
    expect(project.outputs()).toMatchObject({ outcome: "unknown" });
    expect(project.resource("PurchaseOrder")).toBeDefined();
  });

  single(part)(
    "destroy of a refused purchase says so where a later order of it may have charged",
    async () => {
      const { sandbox, project } = await sandboxAndModel();
      sandbox.misbehave("decline");
      await project.up("--skip-preview");
      project.declare({ args: { attempt: 2 } });
      await upCrashingAt(project, "request-left");
      expect(sandbox.requests()).toHaveLength(2);

      const run = await project.destroyUnprotected();

      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
      expectReadable(run);
      expect(project.resource("PurchaseOrder")).toBeDefined();
    },
  );

  single(part)(
    "without its journal, destroy says which attempt it forgets, and the order of a later one stays",
    async () => {
      const { sandbox, project } = await sandboxAndModel(NO_JOURNAL);
      sandbox.misbehave("decline");
      await project.up("--skip-preview");
      project.declare({ args: { attempt: 2 } });
      await upCrashingAt(project, "request-left");

      const run = await project.destroyUnprotected();

      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`forgotten (refused, attempt 1). ${NOTHING_CHARGED}`);
      expect(run.output).toMatch(new RegExp(`attempt 2.*${MAYBE_CHARGED}`, "s"));
      expectReadable(run);
      expect(project.resource("PurchaseOrder")).toBeDefined();
      expect(sandbox.requests()).toHaveLength(2);
    },
  );

  single(part)(
    "a first try that another machine may still be sending has to be waited for: the message names host and time",
    async () => {
      const { sandbox, project } = await sandboxAndModel();
      await upCrashingAt(project, "request-left");
      const intent = readdirSync(journalOf(project)).find((name) => name.startsWith("intent."));
      const file = join(journalOf(project), `${intent}`);
      const record = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(
        file,
        JSON.stringify({ ...record, process: { ...record.process, host: "runner-7", bootId: "another" } }),
      );

      for (const run of [await project.preview(), await project.up("--skip-preview")]) {
        expect(run.output).toContain("on runner-7 may still be sending");
        expect(run.output).toContain(record.until);
        expect(run.output).not.toContain("set attempt");
        expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
        expectReadable(run);
      }
      expect(sandbox.requests()).toHaveLength(1);
    },
  );
}
