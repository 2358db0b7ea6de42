import type { CrashPoint } from "../../../provider/src/charge/crash-points";
import { CHARGED, MAYBE_CHARGED } from "../../support/sentences";
import { sandboxAndModel, upCrashingAt } from "../../support/stack";

/** The provider process ends at a named point of a purchase; then a plain update, and what a person does where one is needed. */
describe("the provider process is killed at a named point, and the next update", () => {
  test.each<[CrashPoint, string, number, "goes on" | "is in doubt" | "records it"]>([
    ["before-intent-record", "nothing was sent", 0, "goes on"],
    ["after-intent-record", "nothing was sent, and nobody can know", 0, "is in doubt"],
    ["request-left", "the endpoint may act", 1, "is in doubt"],
    ["answer-read", "the answer is lost", 1, "is in doubt"],
    ["before-completion", "the outcome is lost", 1, "is in doubt"],
    ["before-state", "the journal has it", 1, "records it"],
  ])("%s (%s)", async (point, _what, sent, next) => {
    const { sandbox, project } = await sandboxAndModel();
    await upCrashingAt(project, point);
    expect(sandbox.requests()).toHaveLength(sent);

    const after = await project.up("--skip-preview");

    if (next === "is in doubt") {
      expect(after.code).not.toBe(0);
      expect(after.output).toContain(MAYBE_CHARGED);
      expect(sandbox.requests()).toHaveLength(sent);
      project.declare({ args: { attempt: 2 } });
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      expect(sandbox.requests()).toHaveLength(sent + 1);
    } else {
      expect(after).toMatchObject({ code: 0, output: expect.stringContaining(CHARGED) });
      expect(sandbox.requests()).toHaveLength(1);
    }
    expect(project.outputs()).toMatchObject({ outcome: "bought" });
  });
});
