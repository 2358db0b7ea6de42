import { CHARGED, sentencesOf } from "../../support/sentences";
import { NO_JOURNAL, sandboxAndModel } from "../../support/stack";

const WARNING = /⚠️ second: adopt names [^\n]*/u;

/** `first` is bought, and the program then declares `second` with an id to adopt. */
async function adopting(idOf: (bought: string) => string, env: Record<string, string> = {}) {
  const both = await sandboxAndModel(env);
  const { project } = both;
  const first = { name: "first", args: { amount: 3 } };
  project.declare(first);
  await project.up("--skip-preview");
  const adopt = idOf(`${project.outputs("first")?.intentId}`);
  const declared = [first, { name: "second", args: { amount: 3, adopt } }];
  project.declare(...declared);
  return { ...both, adopt, declared };
}

test("an id that the journal has as another purchase's is adopted, and preview and update name that one", async () => {
  const { sandbox, project, adopt } = await adopting((id) => id);

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.code).toBe(0);
    const [line = ""] = WARNING.exec(run.output) ?? [];
    expect(line).toContain(
      `adopt names ${adopt}, which the journal has as another purchase, "first" of test/dev (order_`,
    );
    expect(line).toContain(
      `with the outcome bought. ${CHARGED} If that is not the one you mean, correct adopt. (At the sandbox`,
    );
    expect(sentencesOf({ output: line })).toEqual([CHARGED]);
  }
  expect(project.outputs("second")).toMatchObject({ outcome: "adopted", intentId: adopt });
  expect(sandbox.requests()).toHaveLength(1);
  // Once it is on record, nothing is asked any more.
  expect((await project.up()).output).not.toMatch(WARNING);
});

test("where it is corrected to that of another purchase, too", async () => {
  const { project, declared } = await adopting(() => "pur_elsewhere");
  expect((await project.up()).output).not.toMatch(WARNING);

  const [first, second] = declared;
  const adopt = project.outputs("first")?.intentId as string;
  project.declare({ ...first }, { ...second, args: { amount: 3, adopt } });

  expect((await project.preview()).output).toMatch(WARNING);
  expect((await project.up("--skip-preview")).output).toMatch(WARNING);
});

test("a purchase that was forgotten may be taken over under another name", async () => {
  const { project, adopt } = await adopting((id) => id);
  await project.destroyUnprotected();
  project.declare({ name: "second", args: { amount: 3, adopt } });

  const run = await project.up();

  expect(run.code).toBe(0);
  expect(run.output).not.toMatch(WARNING);
});

test("without a journal nobody knows, and nothing is said", async () => {
  const { project } = await adopting((id) => id, NO_JOURNAL);

  const run = await project.up();

  expect(run.code).toBe(0);
  expect(run.output).not.toMatch(WARNING);
});
