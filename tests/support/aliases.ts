import { program } from "./programs";
import { MAYBE_CHARGED, sentencesOf } from "./sentences";
import { inDoubt } from "./stack";

export const TYPE = "pulumi-nodejs:dynamic/vercel:CreditPurchase";

/** A purchase in doubt gets another name, and a transform gives the purchase alone the alias of the old one. */
export async function expectAliasFindsOrder(alias: string): Promise<void> {
  const { sandbox, project } = await inDoubt();
  const renamed = (more = "") =>
    program(`
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
type.endsWith("vercel:CreditPurchase") ? { props, opts: { ...opts, aliases: [${alias}] } } : undefined);
new CreditPurchase("renamed", { ...A, amount: 100${more} }, { protect: false });`);

  project.write("index.js", renamed());
  const first = await project.up("--skip-preview");
  const second = await project.up("--skip-preview");

  expect(sandbox.requests()).toHaveLength(1);
  for (const run of [first, second]) {
    expect(run.code).not.toBe(0);
    expect(sentencesOf(run)).toEqual([MAYBE_CHARGED]);
  }
  // An update that fails leaves the record under the name it had.
  expect(project.outputs()).toMatchObject({ outcome: "unknown" });
  project.write("index.js", renamed(`, adopt: "pur_found"`));
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.requests()).toHaveLength(1);
}
