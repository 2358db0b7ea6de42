import { command } from "../../support/command";
import { providerKilled } from "../../support/killed";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../../support/sentences";

test("an order whose purchase nobody knows the end of is not destroyed, and settled by a person in the journal it is", async () => {
  const { sandbox, project } = await providerKilled({}, "credits");
  const kept = project.resource("PurchaseOrder");

  const run = await project.run("destroy", "--yes", "--skip-preview");

  expect(run.code).not.toBe(0);
  expect(project.resource("PurchaseOrder")).toMatchObject({ id: kept?.id });
  expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  expect(run.output).toContain("pulumi state delete");
  expect(run.output).toContain(project.urn("PurchaseOrder"));
  expectReadable(run);

  const settle = ["journal", "settle", `${kept?.id}`, "--withdraw"];
  expect(await command(settle, project.env, project.folder)).toMatchObject({ status: 0 });
  expect(await project.run("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(project.resource("PurchaseOrder")).toBeUndefined();
  expect(sandbox.requests()).toHaveLength(1);
});
