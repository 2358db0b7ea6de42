import { sandboxAndProject } from "../support/stack";

test("a purchase is not bought again under a new name when aliases say what it was called, by name or by URN", async () => {
  const { sandbox, project } = await sandboxAndProject();
  project.declare({ name: "a" }, { name: "b" });
  await project.mustRun("up", "--yes", "--skip-preview");

  project.declare(
    { name: "by-name", opts: { aliases: [{ name: "a" }] } },
    { name: "by-urn", opts: { aliases: [project.urn("CreditPurchase", "b")] } },
  );
  const renamed = await project.up("--skip-preview");

  expect(renamed.code).toBe(0);
  expect(sandbox.requests()).toHaveLength(2);
  for (const name of ["by-name", "by-urn"]) {
    expect(project.resource("PurchaseOrder", name)?.id).toBe(project.outputs(name)?.orderId);
  }
});
