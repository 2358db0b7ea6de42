import { mkdirSync, writeFileSync } from "node:fs";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
import { findEngine } from "../../tools/engine.mts";
import { type Declared, Project } from "../../tools/pulumi-project.mts";

/**
 * `npm run record-previews`: makes tests/review/previews anew, each with what `pulumi preview --json` printed on the real
 * engine for a real program in a real state. The comments beside them are what the review must make of them.
 */
const FOLDER = "tests/review/previews";

const GATEWAY: Declared = { name: "gateway-2026-q4", args: { creditType: "gateway", amount: 100 } };
const V0: Declared = { name: "v0-2026-q4", args: { creditType: "v0", amount: 50 } };
const with_ = (declared: Declared, args: Declared["args"]): Declared => ({
  ...declared,
  args: { ...declared.args, ...args },
});

type Scene = (stage: {
  project: Project;
  sandbox: Awaited<ReturnType<typeof startSandbox>>;
}) => Promise<void>;

/** Brings a stack and a program into the state whose preview is recorded. */
const SCENES: Record<string, Scene> = {
  buy: async ({ project }) => project.declare(GATEWAY, V0),
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
  "try again after a refusal": async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("decline");
    await project.up();
  },
  unresolved: async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("cut-after-charge");
    await project.up();
  },
  refused: async ({ project, sandbox }) => {
    project.declare(GATEWAY);
    sandbox.misbehave("checkout");
    await project.up();
  },
  adopt: async ({ project }) => project.declare(with_(GATEWAY, { adopt: "pur_found" }), V0),
  recover: async ({ project }) => {
    project.declare(GATEWAY);
    await project.mustRun("up", "--yes");
    await project.mustRun("state", "delete", project.urn("CreditPurchase", GATEWAY.name), "--force", "--yes");
  },
  forget: async ({ project }) => {
    project.declare(GATEWAY, V0);
    await project.mustRun("up", "--yes");
    await project.mustRun("state", "unprotect", "--all", "--yes");
    project.declare(V0);
  },
};

mkdirSync(FOLDER, { recursive: true });
const engine = await findEngine();
for (const [name, prepare] of Object.entries(SCENES)) {
  const sandbox = await startSandbox();
  const project = new Project({ engine: engine.folder, env: { VERCEL_API_URL: sandbox.url } });
  try {
    await project.init();
    await prepare({ project, sandbox });
    const { output } = await project.mustRun("preview", "--json", "--show-sames");
    // What differs from one machine and run to the next, and means nothing.
    const text = output.replaceAll(project.folder, "/project").replaceAll(process.cwd(), "/package");
    writeFileSync(`${FOLDER}/${name.replaceAll(" ", "-")}.json`, text);
    console.log(name);
  } finally {
    project.close();
    await sandbox.close();
  }
}
