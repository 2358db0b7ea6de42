import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Half, Properties } from "./engine-step";
import { preloading, ROOT } from "./project.mts";

const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const messages = require("@pulumi/pulumi/proto/provider_pb");
const { Status } = require("@pulumi/pulumi/proto/status_pb");

/** What a call came to: what was kept, and the words of the error where there was one. */
export interface Result {
  readonly id?: string;
  readonly properties?: Properties;
  readonly error?: string;
}

interface Checked extends Result {
  readonly failures?: { property: string; reason: string }[];
}

interface Differs extends Result {
  readonly changes?: boolean;
  readonly replaces?: string[];
}

/** What is used of the SDK's generated client, which comes without types. */
interface Client {
  close(): void;
  check: Method;
  diff: Method;
  create: Method;
  update: Method;
  delete: Method;
  configure: Method;
}
type Method = (
  request: object,
  options: { deadline: number },
  done: (error: ServiceError | null, response: Response) => void,
) => void;
interface Response {
  getId(): string;
  getProperties(): Struct;
  getInputs(): Struct;
  getFailuresList(): { getProperty(): string; getReason(): string }[];
  getChanges(): number;
  getReplacesList(): string[];
}

/** The real dynamic provider process of the SDK, called as the engine calls it. */
export class ProviderProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: Client,
    /** What stands for the engine: it lives as long as something listens at its address. */
    private readonly engine: Server,
    private readonly home: string,
    /** The lines it printed. */
    readonly lines: string[],
    /** What it printed as errors. */
    readonly errors: string[],
    private readonly closed: Promise<unknown>,
  ) {}

  static async start(config: Record<string, string> = {}, env: Record<string, string> = {}) {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const home = mkdtempSync(join(tmpdir(), "vercel-credits-home-"));
    const child = spawn(process.execPath, [script, `127.0.0.1:${(engine.address() as AddressInfo).port}`], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        PULUMI_HOME: home,
        PULUMI_NODEJS_PROJECT: "test",
        NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/compiled"),
        ...env,
        NODE_OPTIONS: preloading("quick-sdk", env.NODE_OPTIONS),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Asked for at once: a process that is killed can have closed its output before it has ended.
    const closed = once(child, "close");
    const lines: string[] = [];
    const errors: string[] = [];
    createInterface(child.stderr).on("line", (line) => errors.push(line));
    const reader = createInterface(child.stdout).on("line", (line) => lines.push(line));
    const ended = once(child, "exit").then(([code, signal]) => {
      engine.close();
      rmSync(home, { recursive: true, force: true });
      throw new Error(`the provider process ended at its start (${code ?? signal}):\n${errors.join("\n")}`);
    });
    const [port] = await Promise.race([once(reader, "line"), ended]);
    ended.catch(() => undefined); // from here on it may end
    lines.length = 0;
    const provider = new ProviderProcess(
      child,
      new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure()),
      engine,
      home,
      lines,
      errors,
      closed,
    );
    const request = new messages.ConfigureRequest();
    // The preflight check has tests of its own; in all others the first request is the one that charges.
    request.setArgs(Struct.fromJavaScript({ "vercelCredits:preflight": "off", ...config } as never));
    await provider.call("configure", request);
    return provider;
  }

  /** Opens an order and buys under it, as an update does: each call another purchase, unless `args` says which. */
  async buy(args: Properties = {}): Promise<Result> {
    const inputs = declared(args);
    const order = await this.create("order", inputs);
    if (order.error !== undefined) return order;
    return this.create("purchase", { ...inputs, orderId: order.id, __journal: order.properties?.__journal });
  }

  async check(method: Half, olds: Properties, news: Properties): Promise<Checked> {
    const request = new messages.CheckRequest();
    // What is new has no olds at all, and so no provider in them either.
    request.setOlds(Struct.fromJavaScript(olds as never));
    request.setNews(struct(method, news));
    return this.call<Checked>("check", request, (response) => ({
      properties: response.getInputs().toJavaScript(),
      failures: response
        .getFailuresList()
        .map((one) => ({ property: one.getProperty(), reason: one.getReason() })),
    }));
  }

  async diff(method: Half, id: string, olds: Properties, news: Properties): Promise<Differs> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(struct(method, olds));
    request.setNews(struct(method, news));
    const { DIFF_SOME } = messages.DiffResponse.DiffChanges;
    return this.call<Differs>("diff", request, (response) => ({
      changes: response.getChanges() === DIFF_SOME,
      replaces: response.getReplacesList(),
    }));
  }

  async create(method: Half, inputs: Properties): Promise<Result> {
    const request = new messages.CreateRequest();
    request.setProperties(struct(method, inputs));
    return this.call("create", request, (response) => ({
      id: response.getId(),
      properties: response.getProperties().toJavaScript(),
    }));
  }

  async update(method: Half, id: string, olds: Properties, news: Properties): Promise<Result> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(struct(method, olds));
    request.setNews(struct(method, news));
    return this.call("update", request, (response) => ({
      id,
      properties: response.getProperties().toJavaScript(),
    }));
  }

  /** Forgets one half, as `pulumi destroy` does. Without an error, it is gone. */
  async delete(method: Half, { id, properties }: Result): Promise<Result> {
    const request = new messages.DeleteRequest();
    request.setId(id ?? "");
    request.setProperties(struct(method, properties ?? {}));
    return this.call("delete", request);
  }

  /** Lets the engine end, as a killed command line does. */
  async endEngine(): Promise<void> {
    await new Promise((closed) => this.engine.close(closed));
  }

  /** When the process has ended, and all that it printed has been read. */
  async ended(): Promise<void> {
    await this.closed;
  }

  async stop(): Promise<void> {
    this.client.close();
    this.engine.close();
    this.child.kill("SIGKILL");
    await this.ended();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async call<T extends Result>(
    method: Exclude<keyof Client, "close">,
    request: object,
    read: (response: Response) => T = () => ({}) as T,
  ): Promise<T> {
    const result = await new Promise<T>((resolve) => {
      const deadline = Date.now() + 60_000;
      this.client[method](request, { deadline }, (error, response) =>
        resolve(error ? (failure(error) as T) : read(response)),
      );
    });
    mustBeReadable(result);
    return result;
  }
}

/** The engine takes only whole characters: for an answer with half of one it would wait for ever. */
function mustBeReadable(answer: unknown): void {
  if (typeof answer === "string" && !answer.isWellFormed())
    throw new Error(`the engine would hang: half a character in ${JSON.stringify(answer)}`);
  if (typeof answer === "object" && answer !== null) Object.entries(answer).flat().forEach(mustBeReadable);
}

const started: ProviderProcess[] = [];

/** A provider process that buys from an endpoint without a preflight check, and ends with the test. */
export async function startProvider(
  url: string,
  config: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<ProviderProcess> {
  const provider = await ProviderProcess.start(
    { "vercel:apiUrl": url, "vercel:apiToken": "tok_1", ...config },
    env,
  );
  started.push(provider);
  return provider;
}

afterEach(() => Promise.all(started.splice(0).map((provider) => provider.stop())));

let purchases = 0;

/** What a program declares, of a purchase of its own unless `args` says which. */
export function declared(args: Properties = {}): Properties {
  return {
    creditType: "gateway",
    amount: 100,
    team: "acme",
    source: "pulumi",
    attempt: 1,
    __label: "credits",
    __resource: resource(`credits-${++purchases}`),
    ...args,
  };
}

/** Which purchase it is, as the program says it. */
export function resource(name: string) {
  const urn = `urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::${name}`;
  return { organization: "organization", urn };
}

/** As the engine sends it: without what is absent, and with the text that names the provider. */
function struct(method: string, properties: Properties): Struct {
  const __provider = `exports.handler=()=>require("pulumi-vercel-credits/lifecycle").${method}`;
  return Struct.fromJavaScript(present({ ...properties, __provider }) as never);
}

/** Not by way of JSON, which knows no NaN, Infinity or -0; the wire does. */
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => [key, present(one)]),
  );
}

/** A partial failure carries what is kept in the error's details. */
function failure(error: ServiceError): Result {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return { error: error.details };
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  const kept = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return {
    error: kept.getReasonsList().join("\n"),
    id: kept.getId(),
    properties: kept.getProperties().toJavaScript(),
  };
}
