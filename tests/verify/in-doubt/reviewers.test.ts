import { reviewOf } from "../../support/review-of";
import { inDoubt, neverSent, newProject, sandboxAndProject } from "../../support/stack";

/** Whoever reviews a preview reads no less than what the update charges, and sees red where `pulumi up` is known to fail. */

/** A journal that proves that a purchase was never sent. */
const notSent = () => neverSent(newProject, {}, { amount: 900 });

describe.each(["own", "none"])("journal at hand: %s", (journal) => {
  test("a purchase that is in doubt is red", async () => {
    const { sandbox, project } = await inDoubt();

    expect(await reviewOf(project, { journal })).toMatchObject({ status: 1 });
    expect((await project.up("--skip-preview")).code).not.toBe(0);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("one that was refused: the review is red, and the update fails without a charge", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("decline");
    await project.up("--skip-preview");

    const { status, total } = await reviewOf(project, { journal });
    const up = await project.up("--skip-preview");

    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([]);
    expect(up.code).not.toBe(0);
    expect({ status, total }).toEqual({ status: 1, total: "0.00" });
  });

  test("one that was not sent, and goes on by itself where its journal is: never green with nothing to pay", async () => {
    const { sandbox, project } = await notSent();

    const { status, total } = await reviewOf(project, { journal });
    await project.up("--skip-preview");

    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([900]);

    // Known and within the budget, or red because it can't be known.
    expect([status, total]).toEqual(journal === "own" ? [0, "900.00"] : [1, expect.anything()]);
  });
});

describe.each(["document", "stream"])("form: %s", (form) => {
  test("a leftover that a replacement wants to delete hides nothing of the live purchase", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("failed");
    await project.up("--skip-preview");
    project.editState((resources) =>
      resources.flatMap((one) =>
        one.urn === project.urn() ? [one, { ...one, delete: true, id: `${one.id}-before` }] : [one],
      ),
    );
    project.declare({ args: { attempt: 2, amount: 300 } });

    const { status, total } = await reviewOf(project, { form });
    await project.up("--skip-preview");

    expect(sandbox.charges().map(({ amount }) => amount)).toEqual([300]);
    expect({ status, total }).toEqual({ status: 0, total: "300.00" });
  });
});
