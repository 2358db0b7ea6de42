import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
import type { RealServer } from "../tests/servers/server.mts";
import { startServer } from "../tests/servers/start.mts";
import { Project } from "../tests/support/project.mts";
import { Wire } from "../tests/support/wire.mts";
import { findEngine } from "./engine.mts";

/**
 * `npm run bench [-- --sizes 1,100,400 --rounds 5]`: what a purchase costs, against a twin program of as many
 * do-nothing dynamic resources (two per purchase) on the same engine, in alternating runs. Figures are ratios of
 * one run to the next, because machines are noisy. The engine writes the whole state after every step, so what a receipt
 * costs there shows against a second twin that keeps as much, and the journal's share against a run without one.
 *
 * With `--journal s3` (Ceph's gateway) or `--journal postgres` the same is also measured with a journal there, whose answers
 * take 5 and 50 ms more, against the journal in a folder.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1,100,400" },
    rounds: { type: "string", default: "5" },
    journal: { type: "string", default: "folder" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const rounds = Number(values.rounds);
const { journal: kind } = values;
if (kind !== "folder" && kind !== "s3" && kind !== "postgres") {
  console.error("--journal is one of: folder, s3, postgres");
  process.exit(2);
}
/** How much later the answers of a store come. */
const LATENCIES_MS = [5, 50];

const OURS = (size: number) => `
const { CreditPurchase } = require("pulumi-vercel-credits");
for (let i = 0; i < ${size}; i++) new CreditPurchase("p" + i, { creditType: "gateway", amount: 1, team: "acme" });`;

const TWIN = (size: number) => `
const pulumi = require("@pulumi/pulumi");
class Nothing extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super({ create: async (inputs) => ({ id: "id", outs: { ...inputs, made: "yes" } }) }, name, { made: undefined, ...props });
  }
}
for (let i = 0; i < ${size}; i++) {
  const args = { creditType: "gateway", amount: 1, team: "acme", source: "pulumi", attempt: 1 };
  const order = new Nothing("o" + i, args);
  new Nothing("p" + i, { ...args, order: order.made });
}`;

/** Takes and keeps what an order and its purchase do, and does as little: `file` holds one of each. */
const TWIN_WITH_THE_SAME_STATE = (size: number, file: string) => `
const pulumi = require("@pulumi/pulumi");
const { order, purchase } = require(${JSON.stringify(file)});
class Nothing extends pulumi.dynamic.Resource {
  constructor(create, name, props) {
    super({ create }, name, { made: undefined, ...props }, { protect: true });
  }
}
const ordered = async () => ({ id: "id", outs: { ...require(${JSON.stringify(file)}).order.outputs, made: "yes" } });
const bought = async () => ({ id: "id", outs: { ...require(${JSON.stringify(file)}).purchase.outputs, made: "yes" } });
for (let i = 0; i < ${size}; i++) {
  const { made } = new Nothing(ordered, "o" + i, order.inputs);
  new Nothing(bought, "p" + i, { ...purchase.inputs, made });
}`;

const STEPS = ["preview", "up", "unchanged up"] as const;
type Step = (typeof STEPS)[number];

interface Round {
  readonly seconds: Record<Step, number>;
  readonly providerMegabytes: number;
  readonly providerBytes: number;
  /** What the state has of the first resource of either kind. */
  readonly kept: Record<"order" | "purchase", Kept>;
}

type Kept = Record<"inputs" | "outputs", Record<string, unknown>>;

/** One round of one program: a fresh stack, previewed, bought, and updated again without a change. */
async function measure(
  engine: string,
  program: string,
  url: string,
  journal: Readonly<Record<string, string>> = {},
): Promise<Round> {
  const watch = resolve("tools/bench-memory.cjs");
  const env = {
    VERCEL_API_URL: url,
    NODE_OPTIONS: `--require ${watch}`,
    ...journal,
  };
  const project = new Project({ engine, env, program });
  const close = () => project.close();
  process.once("exit", close);
  project.env.BENCH_MEMORY = join(project.folder, "memory");
  try {
    await project.init();
    const seconds = {} as Record<Step, number>;
    for (const step of STEPS) {
      const start = process.hrtime.bigint();
      await project.mustRun(...(step === "preview" ? ["preview"] : ["up", "--yes", "--skip-preview"]));
      seconds[step] = Number(process.hrtime.bigint() - start) / 1e9;
    }
    const texts = project
      .resources()
      .map(({ inputs }) => inputs?.__provider)
      .filter((text) => text !== undefined)
      .map((text) => (typeof text === "string" ? text : JSON.stringify(text)));
    return {
      seconds,
      providerMegabytes: Math.max(...project.read("memory").trim().split("\n").map(Number)) / 1024,
      providerBytes: Math.max(...texts.map((text) => text.length)),
      kept: { order: kept(project, "PurchaseOrder"), purchase: kept(project, "CreditPurchase") },
    };
  } finally {
    close();
    process.off("exit", close);
  }
}

function kept(project: Project, type: string): Kept {
  const { inputs = {}, outputs = {} } = project.resources().find(({ urn }) => urn.includes(type)) ?? {};
  const { __provider: _, ...without } = inputs;
  return {
    inputs: without,
    outputs: Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== "__provider")),
  };
}

let journals = 0;

/** A new journal in a store whose answers take longer. */
async function measureAway(
  engine: string,
  program: string,
  url: string,
  server: RealServer,
  latencyMs: number,
): Promise<Round> {
  const wire = await Wire.open(server.port, latencyMs / 2);
  try {
    const VERCEL_CREDITS_JOURNAL = server.address(`bench${++journals}`, wire.port);
    return await measure(engine, program, url, { VERCEL_CREDITS_JOURNAL, ...server.env(wire.port) });
  } finally {
    wire.close();
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const engine = await findEngine();
const sandbox = await startSandbox();
const server = kind === "folder" ? undefined : await startServer(kind);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const rows: Record<string, Record<string, string>> = {};
try {
  for (const size of sizes) {
    const ours: Round[] = [];
    const twin: Round[] = [];
    const sameState: Round[] = [];
    const unjournaled: Round[] = [];
    const away = new Map<number, Round[]>(
      LATENCIES_MS.filter(() => server !== undefined).map((latency) => [latency, []]),
    );
    const file = join(folder, `${size}.json`);
    // The first round of all is a warm-up.
    for (let round = size === sizes[0] ? -1 : 0; round < rounds; round++) {
      console.error(`${size} purchases: ${round < 0 ? "warm-up" : `round ${round + 1} of ${rounds}`}`);
      const one = await measure(engine.folder, OURS(size), sandbox.url);
      const other = await measure(engine.folder, TWIN(size), sandbox.url);
      writeFileSync(file, JSON.stringify(one.kept));
      const same = await measure(engine.folder, TWIN_WITH_THE_SAME_STATE(size, file), sandbox.url);
      const without = await measure(engine.folder, OURS(size), sandbox.url, {
        VERCEL_CREDITS_JOURNAL: "off",
      });
      for (const [latency, all] of away) {
        if (server === undefined) continue;
        const far = await measureAway(engine.folder, OURS(size), sandbox.url, server, latency);
        if (round >= 0) all.push(far);
      }
      if (round < 0) continue;
      ours.push(one);
      twin.push(other);
      sameState.push(same);
      unjournaled.push(without);
    }
    const row: Record<string, string> = {};
    const ratiosTo = (base: Round[], step: Step) =>
      ours.map(({ seconds }, i) => seconds[step] / (base[i]?.seconds[step] ?? Number.NaN));
    for (const step of STEPS) {
      const ratios = ratiosTo(twin, step);
      row[step] = `${spread(ratios)} (${median(ours.map(({ seconds }) => seconds[step])).toFixed(1)} s)`;
    }
    row["up, to the same state"] = spread(ratiosTo(sameState, "up"));
    row["up, to no journal"] = spread(ratiosTo(unjournaled, "up"));
    row["provider memory"] = spread(
      ours.map((round, i) => round.providerMegabytes / (twin[i]?.providerMegabytes ?? 1)),
    );
    row.MB = median(ours.map((round) => round.providerMegabytes)).toFixed(0);
    row["provider text, bytes"] = `${ours[0]?.providerBytes} to ${twin[0]?.providerBytes}`;
    rows[`${size} purchase${size === 1 ? "" : "s"}`] = row;
    for (const [latency, all] of away) {
      const far: Record<string, string> = {};
      for (const step of STEPS) {
        const ratios = all.map(({ seconds }, i) => seconds[step] / (ours[i]?.seconds[step] ?? Number.NaN));
        far[step] = `${spread(ratios)} (${median(all.map(({ seconds }) => seconds[step])).toFixed(1)} s)`;
      }
      far.MB = median(all.map((round) => round.providerMegabytes)).toFixed(0);
      rows[`${size}, ${kind} ${latency} ms away, to a folder`] = far;
    }
  }
} finally {
  await server?.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
}
console.log(`\nRatios to the do-nothing twin: median (least to most), ${rounds} alternating rounds each.`);
console.table(rows);
console.log(`${availableParallelism()} cores, Node ${process.version}, pulumi v${engine.version}`);

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

function spread(values: number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}
