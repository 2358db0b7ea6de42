import { NOTHING_CHARGED } from "../../../provider/src/domain/messages";
import { HEAD, OPTIONS, testTransformed } from "../../support/processes-of-their-own";
import { expectReadable, sandboxAndProject, sentencesOf } from "../../support/stack";

/** The caps and the stop after doubt are of an update, however many provider processes it has. */

test("a provider of its own, and with it a process of its own, is refused by the constructor", async () => {
  const { sandbox, project } = await sandboxAndProject();
  const program = `${HEAD}
const name = "a";
const providers = { a: new Provider("a") };
new CreditPurchase(name, args, ${OPTIONS.provider});`;
  project.write("index.js", program);

  const run = await project.up("--skip-preview");

  expect(sandbox.requests()).toHaveLength(0);
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("the option provider");
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expectReadable(run);
});

testTransformed("version");
