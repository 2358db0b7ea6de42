import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { parse } from "yaml";
import { startCeph } from "../servers/ceph.mts";
import type { RealServer } from "../servers/server.mts";
import { testWith } from "../servers/test-with.mts";
import { commandAt } from "../support/books";
import { CodeHost } from "../support/code-host";
import { ROOT } from "../support/project.mts";
import { CHARGED, MAYBE_CHARGED } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";
import { type Event, WorkflowRun } from "../support/workflow";

const PULL_REQUEST: Event = { name: "pull_request" };
const MERGE: Event = { name: "push" };
const ENVIRONMENT = { reviewers: ["bea"], secrets: { VERCEL_API_TOKEN: "a-token-of-the-team" } };

/** A repository whose program is a project's, and its stack's configuration as it is committed. */
async function repository() {
  const { sandbox, project } = await sandboxAndProject();
  const before = project.read("Pulumi.dev.yaml");
  const configure = (config: Record<string, string> = {}) => {
    const all = { "vercel:apiUrl": sandbox.url, "vercel:team": "acme", ...config };
    project.write("Pulumi.dev.yaml", `${before}\nconfig: ${JSON.stringify(all)}\n`);
  };
  configure();
  return { sandbox, project, configure, host: new CodeHost(project) };
}

/** Each runs the engine a dozen times. */
const LONG = 240_000;

test(
  "a pull request shows what is right after each push, and no comment where there never was a purchase",
  async () => {
    const { sandbox, project, configure, host } = await repository();
    const program = project.read("index.js");
    const push = async () => (await WorkflowRun.start(host, "credits.yml", PULL_REQUEST)).jobs;
    host.say("I know this one: <!-- pulumi-vercel-credits review test/dev -->");

    project.write("purchases.json", "[]");
    expect(await push()).toMatchObject({ preview: { result: "success" }, buy: { result: "skipped" } });
    expect(host.comments).toEqual([]);

    project.declare({});
    const { preview } = await push();
    expect(preview).toMatchObject({ result: "success", summary: host.comments[0] });
    expect(host.comments).toEqual([expect.stringContaining("✅ **$100.00 will be charged at once")]);

    project.write("index.js", `throw new Error("a typo");`);
    expect(await push()).toMatchObject({ preview: { result: "failure" } });
    expect(host.comments).toEqual([
      expect.stringMatching(/no complete preview.*nothing is known[\s\S]*a typo/),
    ]);

    project.write("index.js", program);
    const packages = project.read("package.json");
    project.write("package.json", "{");
    expect(await push()).toMatchObject({ preview: { result: "failure" } });
    expect(host.comments).toEqual([expect.stringContaining("There is no preview")]);

    project.write("package.json", packages);
    configure({ "vercelCredits:maxAmountPerUpdate": "50" });
    expect(await push()).toMatchObject({ preview: { result: "failure" } });
    expect(host.comments).toEqual([
      expect.stringContaining("vercelCredits:maxAmountPerUpdate allows $50.00"),
    ]);

    configure();
    await project.mustRun("config", "set", "vercel:apiToken", "a-token-in-the-configuration", "--secret");
    const withToken = await push();
    expect(withToken).toMatchObject({ preview: { result: "failure" } });
    expect(host.comments).toEqual([expect.stringContaining("Run `pulumi config rm vercel:apiToken`")]);
    expect(JSON.stringify(withToken)).not.toContain("a-token-in-the-configuration");

    configure();
    project.write("purchases.json", "[]");
    expect(await push()).toMatchObject({ preview: { result: "success" } });
    expect(host.comments).toEqual([expect.stringMatching(/^No Vercel credits are bought by this change\./)]);
    expect(sandbox.requests()).toHaveLength(0);
  },
  LONG,
);

test(
  "after a merge nothing is bought before somebody approves, also where nobody would have to, and nobody is asked where nothing is bought",
  async () => {
    const { sandbox, host } = await repository();

    const merge = await WorkflowRun.start(host, "credits.yml", MERGE);
    expect(merge.jobs).toMatchObject({
      preview: { result: "failure", summary: expect.stringContaining("The environment vercel-credits") },
      buy: { result: "skipped" },
    });
    expect(host.environments).toEqual({});

    host.environments["vercel-credits"] = ENVIRONMENT;
    await merge.rerunAll();
    expect(merge.jobs).toMatchObject({ preview: { result: "success" }, buy: { result: "waiting" } });
    expect(sandbox.requests()).toHaveLength(0);
    await merge.approve();
    expect(merge.jobs.buy).toMatchObject({
      result: "success",
      log: expect.stringContaining(CHARGED),
    });
    expect(sandbox.charges()).toHaveLength(1);

    const next = await WorkflowRun.start(host, "credits.yml", MERGE);
    expect(next.jobs).toMatchObject({ preview: { result: "success" }, buy: { result: "success" } });
    expect(sandbox.requests()).toHaveLength(1);
  },
  LONG,
);

test(
  "as plain steps, with a purchase that is cut after its charge: a re-run of its job sends nothing and says what to do, and a pull request settles it without asking anybody",
  async () => {
    const { sandbox, project, host } = await repository();
    const credits = { ...project.declared[0] };
    host.environments["vercel-credits"] = ENVIRONMENT;
    const preview = () => WorkflowRun.start(host, "credits-preview.yml", PULL_REQUEST);
    const merged = () => WorkflowRun.start(host, "credits-buy.yml", MERGE);

    expect((await preview()).jobs["no-preview"]).toMatchObject({ result: "skipped" });
    expect(host.comments).toEqual([expect.stringContaining("$100.00 will be charged at once")]);

    const merge = await merged();
    expect(merge.jobs).toMatchObject({ plan: { result: "success" }, buy: { result: "waiting" } });
    sandbox.misbehave("cut-after-charge");
    await merge.approve();
    expect(merge.jobs.buy).toMatchObject({
      result: "failure",
      log: expect.stringContaining(MAYBE_CHARGED),
      summary: expect.stringContaining("run the whole workflow again, not this job alone"),
    });
    expect(sandbox.charges()).toHaveLength(1);

    await (await merge.rerunFailed()).approve();
    expect(merge.jobs.buy).toMatchObject({
      result: "failure",
      log: expect.stringMatching(
        /unknown[\s\S]*made before the last update of this stack, so nothing was sent now/,
      ),
    });
    expect(merge.jobs.buy?.log).not.toContain("constrained to");

    await merge.rerunAll();
    expect(merge.jobs).toMatchObject({
      plan: { result: "failure", summary: expect.stringContaining("a person to settle it first") },
      buy: { result: "skipped" },
    });
    expect(sandbox.requests()).toHaveLength(1);

    project.declare({ ...credits, args: { ...credits.args, adopt: sandbox.charges()[0]?.intentId } });
    expect((await preview()).jobs.preview).toMatchObject({ result: "success" });
    expect(host.comments).toEqual([expect.stringContaining("adopt: recorded, nothing is charged")]);
    const settled = await merged();
    expect(settled.jobs).toMatchObject({ plan: { outputs: { buys: "false" } }, buy: { result: "success" } });
    expect(project.outputs()).toMatchObject({ outcome: "adopted" });
    expect(sandbox.requests()).toHaveLength(1);
  },
  LONG,
);

test.each([
  ["a fork's pull request", { head: "eve/credits" }],
  ["Dependabot's pull request", { actor: "dependabot[bot]" }],
])("%s, which gets no secrets, has no preview, and says so without failing or a comment", async (_, from) => {
  const { host } = await repository();
  for (const file of ["credits.yml", "credits-preview.yml"]) {
    const { jobs } = await WorkflowRun.start(host, file, { ...PULL_REQUEST, ...from });
    const shown = Object.values(jobs).filter(({ result }) => result !== "skipped");
    expect(shown).toEqual([
      expect.objectContaining({ result: "success", summary: expect.stringContaining("There is no preview") }),
    ]);
  }
  expect(host.comments).toEqual([]);
});

test("an environment without reviewers, and a token beside a preview, stop before anything else", async () => {
  const { host } = await repository();
  host.environments["vercel-credits"] = { ...ENVIRONMENT, reviewers: [] };
  const machine = host.newMachine();
  machine.checkOut();
  const env = { GITHUB_REPOSITORY: "acme/credits", GH_TOKEN: `{"permissions":{"actions":"read"}}` };
  const reviewers = await machine.run("./review-and-buy.sh reviewers vercel-credits", env, "infra");
  expect(reviewers).toMatchObject({ code: 1, log: expect.stringContaining("has no required reviewers") });

  await machine.run("npm ci", {}, "infra");
  const token = { PULUMI_STACK: "dev", VERCEL_TOKEN: "a-token-of-the-team" };
  const preview = await machine.run("./review-and-buy.sh preview", token, "infra");
  expect(preview).toMatchObject({ code: 2, log: expect.stringContaining("Take it out of this job") });
  expect(preview.log).not.toContain("a-token-of-the-team");
});

test.each([
  ["buy", "pull_request"],
  ["buy", "pull_request_target"],
  ["preview", "pull_request_target"],
  ["preview", "workflow_run"],
])(
  "the action refuses to %s on %s, where a pull request's program would run with secrets",
  async (mode, event) => {
    const { host } = await repository();
    const [start] = parse(readFileSync(join(ROOT, "action.yml"), "utf8")).runs.steps;
    const { code, log } = await host.newMachine().run(start.run, { MODE: mode, GITHUB_EVENT_NAME: event });
    expect(code).toBe(1);
    expect(log).toContain(`mode ${mode} doesn't run on ${event}`);
  },
);

test("GitLab's jobs: a merge request is reviewed, and what was planned on the main branch is bought", async () => {
  const { sandbox, host } = await repository();
  const {
    default: all,
    variables,
    ...jobs
  } = parse(readFileSync(join(ROOT, "examples/ci/gitlab-ci.yml"), "utf8"));
  const run = async (name: string, env: Record<string, string> = {}) => {
    const machine = host.newMachine();
    machine.checkOut();
    const job = jobs[name];
    if (job.needs) machine.restore("artifacts/review", "infra/credits-review");
    const ran = await machine.run([...all.before_script, ...job.script].join("\n"), {
      PULUMI_BACKEND_URL: `${host.project.env.PULUMI_BACKEND_URL}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_STACK: "organization/test/dev",
      VERCEL_CREDITS_JOURNAL: variables.VERCEL_CREDITS_JOURNAL.replace("$CI_PROJECT_DIR", machine.workspace),
      ...env,
    });
    if (!job.needs) machine.keep("artifacts/review", "infra/credits-review");
    return ran;
  };

  const preview = await run("preview");
  expect(preview).toMatchObject({ code: 0, log: expect.stringContaining("$100.00 will be charged at once") });
  const update = await run("update");
  expect(update).toMatchObject({ code: 0, log: expect.stringContaining("once it is approved") });
  expect(sandbox.requests()).toHaveLength(0);
  const buy = await run("buy", ENVIRONMENT.secrets);
  expect(buy).toMatchObject({ code: 0, log: expect.stringContaining(CHARGED) });
  expect(sandbox.charges()).toHaveLength(1);
});

testWith("s3")(
  "with a bucket, previews may read the journal and not write it, no cache is kept, and the next machine knows what the last one did",
  async () => {
    const server = await startCeph();
    try {
      const { sandbox, project, host } = await repository();
      host.environments["vercel-credits"] = ENVIRONMENT;
      const journal = server.address("journal");
      await mayRead(server, "stranger");
      const key = (name: string) => ({ AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: name });
      host.roles = { preview: key("stranger-key"), buy: key("owner-key") };
      host.variables = {
        ...{ CREDITS_JOURNAL: journal, AWS_REGION: "us-east-1" },
        ...{ AWS_ROLE_PREVIEW: "preview", AWS_ROLE_BUY: "buy" },
      };

      for (const recipe of ["credits.yml", "credits-preview.yml"]) {
        expect((await WorkflowRun.start(host, recipe, PULL_REQUEST)).jobs.preview).toMatchObject({
          result: "success",
          log: expect.not.stringContaining("can't be read"),
        });
      }
      const merge = await WorkflowRun.start(host, "credits.yml", MERGE);
      await merge.approve();
      expect(merge.jobs.buy).toMatchObject({ result: "success", log: expect.stringContaining(CHARGED) });

      // The state is lost with its record; the journal in the bucket stops the machine that would buy again.
      await project.mustRun("state", "delete", "--all", "--force", "--yes");
      const again = await WorkflowRun.start(host, "credits-buy.yml", MERGE);
      expect(again.jobs.plan).toMatchObject({
        result: "failure",
        summary: expect.stringContaining("needs a person to settle it first"),
      });
      expect(sandbox.charges()).toHaveLength(1);
      expect(readdirSync(join(host.folder, "caches"))).toEqual([]);
      const asReader = commandAt({ address: journal, env: host.roles.preview ?? {} }, "journal");
      expect(asReader).toMatchObject({ status: 0, stdout: expect.stringContaining("bought") });
    } finally {
      await server.stop();
    }
  },
  LONG,
);

/** As docs/journal.md has it for previews: records are read and listed, and nothing is written. */
async function mayRead({ port, address }: RealServer, user: string): Promise<void> {
  const bucket = new URL(address("x")).host;
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: "owner-key", secretAccessKey: "owner-key" },
  });
  const of = (Action: string, path = "") => ({
    ...{ Effect: "Allow", Principal: { AWS: [`arn:aws:iam:::user/${user}`] } },
    ...{ Action, Resource: `arn:aws:s3:::${bucket}${path}` },
  });
  const Statement = [of("s3:GetObject", "/journal/*"), of("s3:ListBucket")];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  client.destroy();
}
