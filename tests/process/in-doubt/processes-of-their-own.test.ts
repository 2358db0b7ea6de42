import { NOTHING_CHARGED } from "../../../provider/src/domain/messages";
import { expectReadable, sandboxAndModel, sentencesOf } from "../../support/stack";

describe("an option that gives a purchase a process of its own is refused by the constructor", () => {
  test.each([
    ["version", { version: "1.0.1" }],
    ["pluginDownloadURL", { pluginDownloadURL: "https://example.com/a" }],
  ])("%s", async (option, opts) => {
    const { sandbox, project } = await sandboxAndModel();
    project.declare({ opts });

    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(0);
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(`the option ${option}`);
    expect(sentencesOf(run)).toEqual([NOTHING_CHARGED]);
    expectReadable(run);
  });
});
