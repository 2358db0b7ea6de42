import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
import { findEngine } from "../../tools/engine.mts";
import { type Declared, Project, ROOT } from "../support/project.mts";
import { FOLDER, reviewed } from "../support/reviewed.mts";

/**
 * `node tests/review/record.mts`: makes tests/review/previews anew, each with what `pulumi preview --json` printed on the
 * real engine for a real program in a real state, as one document and as a stream, and beside it the comment that the
 * review makes of it. The comments are what a person reads in the diff.
 */
const GATEWAY: Declared = { name: "gateway-2026-q4", args: { creditType: "gateway", amount: 100 } };
const V0: Declared = { name: "v0-2026-q4", args: { creditType: "v0", amount: 50 } };
const BY_HAND: Declared = {
  name: "v0-by-hand",
  args: { creditType: "v0", amount: 30, adopt: "pur_3kQ8Zr5tYw" },
};
/** `--only NAME` makes one of them anew. `--earlier FOLDER` is a node_modules with an earlier version of this package. */
const { values } = parseArgs({ options: { only: { type: "string" }, earlier: { type: "string" } } });

/** All that could break out of a table's cell, of Markdown or of a line. */
const FORGED = "x` | 💳 | **$0.00** <!-- @everyone [click](https://example.com) <b>\n| 💳 buy | none |";

const with_ = (declared: Declared, args: Declared["args"]): Declared => ({
  ...declared,
  args: { ...declared.args, ...args },
});

interface Stage {
  readonly project: Project;
  readonly sandbox: Awaited<ReturnType<typeof startSandbox>>;
}
type Scene = (stage: Stage) => Promise<void>;

/** A purchase that nobody knows the outcome of. */
async function unresolved({ project, sandbox }: Stage): Promise<void> {
  project.declare(GATEWAY);
  sandbox.misbehave("cut-after-charge");
  await project.up();
}

/** A purchase whose request did not leave. */
async function notSent({ project, sandbox }: Stage): Promise<void> {
  project.config("vercelCredits:preflight", "off");
  project.declare(GATEWAY);
  await sandbox.close();
  await project.up();
}

/** The record of a purchase is lost, and that of its order is not. */
async function loseRecord({ project }: Stage): Promise<void> {
  await project.mustRun("state", "delete", project.urn("CreditPurchase", GATEWAY.name), "--force", "--yes");
}

/** The preview runs where the journal of the updates is not. */
function leaveJournal({ project }: Stage): void {
  project.env.VERCEL_CREDITS_JOURNAL = join(project.folder, "another-journal");
}

/** Brings a stack and a program into the state whose preview is recorded. */
const SCENES: Record<string, Scene> = {
  buy: async ({ project }) => project.declare(GATEWAY, V0),
  // Nothing is sent in a preview, so this one is as with Vercel's own address.
  "buy and adopt, not at the sandbox": async ({ project }) => {
    delete project.env.VERCEL_API_URL;
    project.declare(
      GATEWAY,
      V0,
      { name: "agent-2026-q4", args: { creditType: "agent", amount: 20 } },
      BY_HAND,
    );
  },
  "nothing to buy": async ({ project }) => {
    project.declare(GATEWAY, V0);
    await project.mustRun("up", "--yes");
  },
  "buy more": async ({ project }) => {
    project.declare(GATEWAY);
    await project.mustRun("up", "--yes");
    project.declare(GATEWAY, V0);
  },
  "buy again at a higher attempt": async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("cut-before-charge");
    await project.up();
    project.declare(with_(GATEWAY, { attempt: 2 }));
  },
  "buy at an amount not known yet": async ({ project }) =>
    project.write(
      "index.js",
      `const { CreditPurchase } = require("pulumi-vercel-credits");
       const first = new CreditPurchase("first", { creditType: "gateway", amount: 10 });
       new CreditPurchase("as-much-as-the-first", { creditType: "v0", amount: first.total.apply(Number) });`,
    ),
  "a name that forges": async ({ project }) => project.declare({ ...GATEWAY, name: FORGED }),
  "replaced, with what the journal knows": async ({ project }) => {
    project.declare({ ...GATEWAY, opts: { protect: false } });
    await project.mustRun("up", "--yes");
    await project.mustRun("state", "taint", project.urn("CreditPurchase", GATEWAY.name), "--yes");
  },
  "replaced with its order": async ({ project }) => {
    project.declare({ ...GATEWAY, opts: { protect: false } });
    await project.mustRun("up", "--yes");
    await project.mustRun("state", "unprotect", "--all", "--yes");
    for (const type of ["PurchaseOrder", "CreditPurchase"] as const)
      await project.mustRun("state", "taint", project.urn(type, GATEWAY.name), "--yes");
  },
  "failed: over the stack's own budget": async ({ project }) => {
    project.config("vercelCredits:maxAmountPerUpdate", "120");
    project.declare(GATEWAY, V0);
  },
  "several of each": async ({ project, sandbox }) => {
    const agent: Declared = { name: "agent-2026-q4", args: { creditType: "agent", amount: 20 } };
    const earlier: Declared = { name: "gateway-2026-q3", args: { amount: 100 } };
    project.declare(earlier);
    await project.mustRun("up", "--yes");
    project.declare(earlier, agent);
    sandbox.misbehave("cut-before-charge");
    await project.up();
    project.declare(earlier, with_(agent, { attempt: 2 }), GATEWAY, V0, BY_HAND);
  },
  "a stack that an earlier version made": async ({ project }) => {
    const modules = join(project.folder, "node_modules");
    project.declare(GATEWAY);
    rmSync(modules);
    symlinkSync(values.earlier ?? "", modules);
    await project.mustRun("up", "--yes");
    rmSync(modules);
    symlinkSync(join(ROOT, "node_modules"), modules);
    project.declare(GATEWAY, V0);
  },
  unresolved,
  "unresolved, and not on record": async (stage) => {
    await unresolved(stage);
    await loseRecord(stage);
  },
  "not on record, without its journal": async (stage) => {
    await unresolved(stage);
    await loseRecord(stage);
    leaveJournal(stage);
  },
  refused: async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("decline");
    await project.up();
  },
  checkout: async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("checkout");
    await project.up();
  },
  "not sent": notSent,
  "not sent, without its journal": async (stage) => {
    await notSent(stage);
    leaveJournal(stage);
  },
  withdraw: async (stage) => {
    await unresolved(stage);
    stage.project.declare(with_(GATEWAY, { withdraw: true }));
  },
  "buy again after a withdrawal": async (stage) => {
    await unresolved(stage);
    stage.project.declare(with_(GATEWAY, { withdraw: true }));
    await stage.project.mustRun("up", "--yes");
    stage.project.declare(with_(GATEWAY, { attempt: 2 }));
  },
  "beside what an earlier replacement left behind": async (stage) => {
    const { project } = stage;
    await unresolved(stage);
    const { output } = await project.mustRun("stack", "export");
    const state = JSON.parse(output);
    const purchase = state.deployment.resources.find(
      ({ urn }: { urn: string }) => urn === project.urn("CreditPurchase", GATEWAY.name),
    );
    state.deployment.resources.push({ ...purchase, delete: true });
    project.write("state.json", JSON.stringify(state));
    await project.mustRun("stack", "import", "--file", "state.json");
    project.declare(with_(GATEWAY, { attempt: 2 }));
  },
  adopt: async ({ project }) => project.declare(with_(GATEWAY, { adopt: "pur_found" }), V0),
  recover: async (stage) => {
    stage.project.declare(GATEWAY);
    await stage.project.mustRun("up", "--yes");
    await loseRecord(stage);
  },
  forget: async ({ project }) => {
    project.declare(GATEWAY, V0);
    await project.mustRun("up", "--yes");
    await project.mustRun("state", "unprotect", "--all", "--yes");
    project.declare(V0);
  },
};

/** Says the same as `text`, without what differs from one machine to the next and means nothing. */
const portable = (project: Project, text: string) =>
  text
    .replaceAll(project.folder, "/project")
    .replaceAll(/project:\/\/\/[^"]*?node_modules/g, "project:///node_modules")
    .replaceAll(/[^" ]*\/node_modules\/typescript/g, "node_modules/typescript")
    .replaceAll(ROOT, "/package");

mkdirSync(FOLDER, { recursive: true });
const engine = await findEngine();
for (const [name, prepare] of Object.entries(SCENES)) {
  if (values.only !== undefined && values.only !== name) continue;
  if (values.earlier === undefined && name.includes("earlier version")) continue;
  const sandbox = await startSandbox();
  const project = new Project({ engine: engine.folder, env: { VERCEL_API_URL: sandbox.url } });
  try {
    await project.init();
    await prepare({ project, sandbox });
    const digest = await project.run("preview", "--json", "--show-sames");
    project.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW = "true";
    const stream = await project.run("preview", "--json");
    const base = join(FOLDER, name.replaceAll(/[^a-z0-9]+/g, "-"));
    writeFileSync(`${base}.json`, portable(project, digest.output));
    writeFileSync(`${base}.jsonl`, portable(project, stream.output));
    writeFileSync(`${base}.md`, reviewed(`${base}.json`));
    console.log(name);
  } finally {
    project.close();
    // A scene may have closed it.
    await sandbox.close().catch(() => {});
  }
}
