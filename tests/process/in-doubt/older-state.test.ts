import { CHARGED, expectReadable, sentencesOf } from "../../support/sentences";
import { sandboxAndModel } from "../../support/stack";

test.each([
  ["in doubt", "cut-after-charge"],
  ["refused", "decline"],
] as const)(
  "a state of before a higher attempt, with the purchase %s: nothing is sent or withdrawn, and the order that bought is named",
  async (_what, fault) => {
    const { sandbox, project } = await sandboxAndModel();
    sandbox.misbehave(fault);
    await project.up("--skip-preview");
    const older = project.resources();
    project.declare({ args: { attempt: 2 } });
    await project.up("--skip-preview");
    const { orderId, intentId } = project.outputs() ?? {};
    project.editState(() => [...older]);

    project.declare({});
    const plain = await project.up();
    project.declare({ args: { withdraw: true } });
    const withdrawn = await project.up("--skip-preview");
    project.declare({ args: { attempt: 2 } });
    const again = await project.up("--skip-preview");
    project.declare({ args: { adopt: intentId } });
    const adopted = await project.up("--skip-preview");

    for (const run of [plain, withdrawn, again]) {
      expect(run.code).not.toBe(0);
      expect(sentencesOf(run)).toEqual([CHARGED]);
      expect(run.output).toContain(`Order ${orderId}`);
      expect(run.output).toContain(`adopt: "${intentId}"`);
      expectReadable(run);
    }
    expect(adopted.code).toBe(0);
    expect(project.outputs()).toMatchObject({ outcome: "adopted", intentId });
    expect(sandbox.requests()).toHaveLength(2);
  },
);
