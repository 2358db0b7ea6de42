import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rsort, valid } from "semver";
import { PURCHASES } from "../upgrade/purchases.mts";
import type { Declared } from "./project.mts";
import { MAYBE_CHARGED, NOTHING_CHARGED } from "./sentences";
import { sandboxAndProject } from "./stack";

const STATES = join(__dirname, "../upgrade/states");

/** The versions of the package that have left a stack; see `tests/upgrade/record.mts`. */
export const VERSIONS = readdirSync(STATES).map((file) => file.replace(/\.json$/, ""));
export const [LAST_RELEASE = ""] = rsort(VERSIONS.filter((version) => valid(version)));
const DECLARED: Declared[] = PURCHASES.map(({ name, args }) => ({ name, args }));

/** What is true of those with which `pulumi up` fails. */
const FAILING = {
  checkout: MAYBE_CHARGED,
  failed: NOTHING_CHARGED,
  refused: NOTHING_CHARGED,
  unknown: MAYBE_CHARGED,
};

/** How each stands on record, whichever version wrote it. */
const STATUSES = {
  bought: "succeeded",
  pending: "pending",
  subscription: "succeeded",
  checkout: "checkout",
  failed: "failed",
  refused: "refused",
  unknown: "unknown",
  adopted: "adopted",
};

/** The upgrade of a stack that an earlier version has left. */
export function testUpgradeFrom(version: string): void {
  test(`a stack of ${version} is taken over as it is: nothing is bought, changed or lost, and what was open is settled as ever`, async () => {
    // A machine that has no journal of that stack.
    const { sandbox, project } = await sandboxAndProject();
    copyFileSync(join(STATES, `${version}.json`), join(project.folder, "state.json"));
    await project.mustRun("stack", "import", "--file", "state.json");
    const all = (output: "status" | "outcome") =>
      Object.fromEntries(PURCHASES.map(({ name }) => [name, project.outputs(name)?.[output]]));
    const kept = PURCHASES.map(({ name }) => project.outputs(name));
    expect(all("status")).toEqual(STATUSES);

    project.declare(...DECLARED);
    const preview = await project.preview();
    const up = await project.up("--skip-preview", "--continue-on-error");
    await project.run("refresh", "--yes", "--skip-preview");

    expect(preview.output).not.toContain("will be charged now");
    expect(up.code).not.toBe(0);
    // The SDK itself prints one for what a program exports of a resource that failed, under --continue-on-error.
    for (const { output } of [preview, up]) expect(output).not.toMatch(/^\s+at .*dist/m);
    for (const [name, sentence] of Object.entries(FAILING)) {
      expect(up.output).toMatch(new RegExp(`${name}: .*${sentence}`));
    }
    expect(PURCHASES.map(({ name }) => project.outputs(name))).toEqual(kept);
    expect(sandbox.requests()).toHaveLength(0);

    // Settled: two by adoption, two by another attempt.
    const settle: Record<string, object> = {
      checkout: { adopt: "pur_completed" },
      unknown: { adopt: "pur_found" },
      failed: { attempt: 2 },
      refused: { attempt: 2 },
    };
    project.declare(...DECLARED.map(({ name = "", args }) => ({ name, args: { ...args, ...settle[name] } })));
    await project.mustRun("up", "--yes", "--skip-preview");
    expect(all("outcome")).toMatchObject({
      checkout: "adopted",
      unknown: "adopted",
      failed: "bought",
      refused: "bought",
    });
    expect(all("status")).toEqual({
      ...STATUSES,
      checkout: "adopted",
      unknown: "adopted",
      failed: "succeeded",
      refused: "succeeded",
    });
    expect(
      sandbox
        .charges()
        .map(({ amount }) => amount)
        .sort(),
    ).toEqual([15, 16]);
    expect((await project.mustRun("up", "--yes", "--skip-preview")).output).toContain("17 unchanged");
    expect(sandbox.requests()).toHaveLength(2);
  });
}
