import { holdsOverAllProcesses } from "../support/processes-of-their-own";
import { program } from "../support/programs";
import { expectReadable, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

holdsOverAllProcesses("pluginDownloadURL");
holdsOverAllProcesses("provider");

test.each([
  ["version", "{ version: '1.0.1' }"],
  ["pluginDownloadURL", "{ pluginDownloadURL: 'https://example.com/a' }"],
  ["provider", "{ provider: new (class extends pulumi.ProviderResource {})('pulumi-nodejs', 'a', {}) }"],
])("%s that a program gives is refused", async (option, options) => {
  const text = program(`new CreditPurchase("a", A, ${options});`);
  const { sandbox, project } = await sandboxAndProject({}, { program: text });

  const run = await project.up("--skip-preview");

  expect(sandbox.requests()).toHaveLength(0);
  expect(run.code).not.toBe(0);
  expect(run.output).toContain(`the option ${option}`);
  expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
  expectReadable(run);
});
