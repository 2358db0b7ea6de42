import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { Project } from "../../tests/support/project.mts";
import { findEngine } from "../engine.mts";
import { installClients, VERSIONS } from "./install.mts";
import { runNode } from "./run-node.mts";

/** Buys 100 dollars of AI Gateway credits, and says in words what its user is left with. */
export interface Client {
  readonly name: string;
  /** It can run beside the others, because it does little but wait. */
  readonly waits?: true;
  buy(sandbox: Sandbox): Promise<string>;
}

/** The SDK's own intervals, by which it goes on for an hour: one minute of it is enough to see. */
const RETRY = JSON.stringify({ strategy: "backoff", retryConnectionErrors: true });
const RETRIES_LIMIT_MS = 60_000;

/** Those of Vercel, as npm has them, and this package on a real engine. */
export async function findClients(): Promise<Client[]> {
  const modules = await installClients();
  const { folder: engine } = await findEngine();
  return [
    { name: `\`vercel buy credits\` ${VERSIONS.vercel}`, buy: (sandbox) => command(modules, sandbox) },
    { name: `\`@vercel/sdk\` ${VERSIONS["@vercel/sdk"]}`, buy: (sandbox) => sdk(modules, sandbox) },
    {
      name: "the same, with its retry option",
      waits: true,
      buy: (sandbox) => sdk(modules, sandbox, RETRY),
    },
    { name: "this", buy: (sandbox) => thisPackage(engine, sandbox) },
  ];
}

async function command(modules: string, { url }: Sandbox): Promise<string> {
  const order = ["buy", "credits", "gateway", "100", "--yes", "--scope", "acme"];
  const address = ["--api", url, "--token", "sandbox", "--global-config", "config"];
  const { code, output } = await runNode(modules, ["node_modules/vercel/dist/vc.js", ...order, ...address]);
  if (code === 0 && output.includes("Success! Purchased")) return "exit 0, says purchased";
  return output.includes("Please try again later") ? "says to try again later" : unexpected(output);
}

async function sdk(modules: string, sandbox: Sandbox, retryConfig?: string): Promise<string> {
  const options = retryConfig === undefined ? [] : [retryConfig];
  const minute = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  void sandbox.nextRequest().then(() => {
    timer = setTimeout(() => minute.abort(), RETRIES_LIMIT_MS);
  });
  const { code, output } = await runNode(modules, ["sdk-client.mjs", sandbox.url, ...options], minute.signal);
  clearTimeout(timer);
  if (minute.signal.aborted) return "goes on after a minute";
  if (code !== 0)
    return /ConnectionError|SDKError/.test(output) ? "throws, nothing kept" : unexpected(output);
  return JSON.parse(output).checkoutSessionId === ""
    ? "the intent id is lost: every purchase reads as an empty checkout session"
    : "answers with the intent";
}

async function thisPackage(engine: string, { url }: Sandbox): Promise<string> {
  const project = new Project({ engine, env: { VERCEL_API_URL: url } });
  const close = () => project.close();
  process.once("exit", close);
  try {
    await project.init();
    project.declare({});
    await project.up();
    const { output } = await project.up();
    const { outcome, intentId } = project.outputs() ?? {};
    if (outcome === undefined) return unexpected(output);
    return `kept as \`${outcome}\`${intentId === undefined ? "" : ", with its id"}`;
  } finally {
    close();
    process.off("exit", close);
  }
}

/** What is none of the known endings must not pass for one. */
function unexpected(output: string): never {
  throw new Error(`a client ended in a way that the comparison does not know:\n${output.trim()}`);
}
