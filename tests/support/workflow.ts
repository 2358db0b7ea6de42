import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { CodeHost, Env, Machine } from "./code-host";
import { ROOT } from "./project.mts";

interface Action {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Env;
  readonly env?: Env;
  readonly "working-directory"?: string;
}

interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Env;
  readonly env?: Env;
  readonly outputs?: Env;
  readonly steps: readonly Action[];
}

interface Workflow {
  readonly env?: Env;
  readonly defaults?: { readonly run: { readonly "working-directory": string } };
  readonly jobs: Record<string, Job>;
}

export interface Event {
  readonly name: "pull_request" | "push";
  /** Where a pull request comes from. Default: the repository itself. */
  readonly head?: string;
  readonly actor?: string;
}

interface Ran {
  /** `waiting`: for somebody to approve. */
  readonly result: "success" | "failure" | "skipped" | "waiting";
  readonly log: string;
  /** What the run's page shows of it. */
  readonly summary: string;
  readonly outputs: Env;
}

/** Names to values, of any depth: what an expression can look at. */
type Contexts = { readonly [name: string]: unknown };

interface Scope {
  readonly machine: Machine;
  readonly contexts: Contexts;
  readonly env: Env;
  readonly folder: string;
  readonly action?: string;
}

const REPOSITORY = "acme/credits";
const SECRETS: Env = { PULUMI_CONFIG_PASSPHRASE: "" };

/** One run of a workflow of GitHub Actions: its steps, in order, as far as the recipes use the language. */
export class WorkflowRun {
  readonly jobs: Record<string, Ran> = {};
  readonly #workflow: Workflow;
  #attempt = 1;
  static #runs = 100;
  readonly #id = `${++WorkflowRun.#runs}`;

  private constructor(
    readonly host: CodeHost,
    file: string,
    readonly event: Event,
  ) {
    this.#workflow = parse(readFileSync(file, "utf8"));
  }

  static start(host: CodeHost, file: string, event: Event): Promise<WorkflowRun> {
    return new WorkflowRun(host, join(ROOT, "examples/ci/github-actions", file), event).#goOn();
  }

  /** A reviewer approves what waits. */
  approve(): Promise<this> {
    return this.#goOn(true);
  }

  /** "Re-run failed jobs", approved again where somebody is asked. */
  rerunFailed(): Promise<this> {
    return this.#rerun((result) => result === "failure");
  }

  /** "Re-run all jobs". */
  rerunAll(): Promise<this> {
    return this.#rerun(() => true);
  }

  async #rerun(which: (result: Ran["result"]) => boolean): Promise<this> {
    this.#attempt += 1;
    for (const [name, { result }] of Object.entries(this.jobs)) if (which(result)) delete this.jobs[name];
    return this.#goOn();
  }

  async #goOn(isApproved = false): Promise<this> {
    for (const [name, job] of Object.entries(this.#workflow.jobs)) {
      const before = this.jobs[name];
      if (before === undefined || (before.result === "waiting" && isApproved))
        this.jobs[name] = await this.#job(job, before?.result === "waiting");
    }
    return this;
  }

  async #job(job: Job, isApproved: boolean): Promise<Ran> {
    const nothing = { log: "", summary: "", outputs: {} };
    const needed = job.needs === undefined ? undefined : this.jobs[job.needs];
    const contexts = this.#contexts(job);
    if ((needed && needed.result !== "success") || !evaluate(job.if ?? "true", contexts, {}))
      return { result: "skipped", ...nothing };
    const name = fill(job.environment ?? "", contexts);
    // GitHub makes an environment that it doesn't know.
    if (name) this.host.environments[name] ??= { reviewers: [], secrets: {} };
    const environment = this.host.environments[name];
    if (environment && environment.reviewers.length > 0 && !isApproved)
      return { result: "waiting", ...nothing };
    const secrets = this.#isForeign ? {} : { ...SECRETS, ...environment?.secrets };
    return this.#steps(job, { ...contexts, secrets });
  }

  /** GitHub gives no secrets to these, and a token that can only read. */
  get #isForeign(): boolean {
    const { head = REPOSITORY, actor } = this.event;
    return head !== REPOSITORY || actor === "dependabot[bot]";
  }

  #contexts({ needs, permissions = {} }: Job): Contexts {
    const { name, head = REPOSITORY, actor = "ann" } = this.event;
    const readOnly = Object.fromEntries(Object.keys(permissions).map((scope) => [scope, "read"]));
    return {
      github: {
        event_name: name,
        actor,
        repository: REPOSITORY,
        run_id: this.#id,
        run_attempt: `${this.#attempt}`,
        token: JSON.stringify({ permissions: this.#isForeign ? readOnly : permissions }),
        event:
          name === "pull_request" ? { pull_request: { number: 7, head: { repo: { full_name: head } } } } : {},
      },
      vars: {
        PULUMI_BACKEND_URL: this.host.project.env.PULUMI_BACKEND_URL,
        PULUMI_STACK: "organization/test/dev",
        ...this.host.variables,
      },
      needs: needs === undefined ? {} : { [needs]: { outputs: this.jobs[needs]?.outputs } },
    };
  }

  async #steps(job: Job, given: Contexts): Promise<Ran> {
    const machine = this.host.newMachine();
    const github = { ...(given.github as object), workspace: machine.workspace };
    const contexts = { ...given, github };
    const env = filled({ ...this.#workflow.env, ...job.env }, contexts);
    const scope = {
      machine,
      contexts,
      env,
      folder: this.#workflow.defaults?.run["working-directory"] ?? ".",
    };
    const ran = await runSteps(job.steps, scope);
    return {
      result: ran.hasFailed ? "failure" : "success",
      log: ran.log,
      summary: machine.read("summary"),
      outputs: filled(job.outputs ?? {}, { ...contexts, steps: ran.steps }),
    };
  }
}

interface StepRan {
  readonly hasFailed: boolean;
  readonly log: string;
  readonly outputs: Env;
}

async function runSteps(all: readonly Action[], scope: Scope) {
  const steps: Record<string, { outputs: Env }> = {};
  let hasFailed = false;
  let log = "";
  for (const step of all) {
    const contexts = { ...scope.contexts, env: scope.env, steps };
    const status = {
      always: () => true,
      cancelled: () => false,
      success: () => !hasFailed,
      failure: () => hasFailed,
      hashFiles: (pattern: string) => (scope.machine.has(pattern) ? "abc" : ""),
    };
    const condition = step.if ?? "success()";
    const runs = evaluate(condition, contexts, status);
    if (!runs || (hasFailed && !/\b(always|cancelled|failure)\(/.test(condition))) continue;
    const env = { ...scope.env, ...filled(step.env ?? {}, contexts) };
    const ran = await runStep(step, { ...scope, contexts, env });
    log += ran.log;
    hasFailed ||= ran.hasFailed;
    if (step.id !== undefined) steps[step.id] = { outputs: ran.outputs };
  }
  return { steps, hasFailed, log };
}

async function runStep(step: Action, scope: Scope): Promise<StepRan> {
  const given = filled(step.with ?? {}, scope.contexts);
  if (step.uses === undefined) return runScript(step, scope);
  const action = step.uses.replace(/@.*/, "");
  if (action.endsWith("/pulumi-vercel-credits")) return runComposite(given, scope);
  STOOD_IN_FOR[action]?.(scope.machine, given) ?? expect(Object.keys(STOOD_IN_FOR)).toContain(action);
  return { hasFailed: false, log: "", outputs: {} };
}

async function runScript(step: Action, { machine, contexts, env, folder, action }: Scope): Promise<StepRan> {
  const github = contexts.github as Env;
  mkdirSync(join(machine.folder, "written"), { recursive: true });
  writeFileSync(join(machine.folder, "written/output"), "");
  const { code, log } = await machine.run(
    fill(step.run ?? "", contexts),
    {
      ...env,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_EVENT_NAME: github.event_name ?? "",
      GITHUB_ACTOR: github.actor ?? "",
      GITHUB_WORKSPACE: machine.workspace,
      GITHUB_OUTPUT: join(machine.folder, "written/output"),
      GITHUB_STEP_SUMMARY: join(machine.folder, "summary"),
      ...(action !== undefined && { GITHUB_ACTION_PATH: action }),
    },
    step["working-directory"] === undefined ? folder : fill(step["working-directory"], contexts),
  );
  const lines = machine.read("written/output").split("\n").filter(Boolean);
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s) as [string, string]));
  return { hasFailed: code !== 0, log, outputs };
}

/** This repository's own action, as it is. */
async function runComposite(given: Env, scope: Scope): Promise<StepRan> {
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
  const defaults = Object.entries(action.inputs).map(([name, input]) => {
    const { default: value = "" } = input as { default?: string };
    return [name, fill(value, scope.contexts)];
  });
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  const contexts = {
    ...scope.contexts,
    inputs: { ...Object.fromEntries(defaults), ...given },
    secrets: {},
    steps: {},
  };
  const { steps, hasFailed, log } = await runSteps(action.runs.steps, {
    ...scope,
    contexts,
    folder: ".",
    action: ROOT,
  });
  const outputs = Object.entries(action.outputs).map(([name, output]) => [
    name,
    fill((output as { value: string }).value, { ...contexts, steps }),
  ]);
  return { hasFailed, log, outputs: Object.fromEntries(outputs) };
}

const nothing = () => true;

const STOOD_IN_FOR: Record<string, (machine: Machine, given: Env) => unknown> = {
  "actions/checkout": (machine, given) => {
    expect(given["persist-credentials"]).toBe("false");
    machine.checkOut();
    return true;
  },
  "actions/setup-node": nothing,
  "pulumi/actions": nothing,
  "aws-actions/configure-aws-credentials": (machine, given) => {
    const role = machine.host.roles[given["role-to-assume"] ?? ""];
    if (role === undefined) throw new Error(`no role ${given["role-to-assume"]}`);
    machine.exported = role;
    return true;
  },
  "actions/cache/restore": (machine, given) => {
    machine.restoreCache(given["restore-keys"] ?? "", given.path ?? "");
    return true;
  },
  "actions/cache/save": (machine, given) => {
    machine.keep(`caches/${given.key}`, given.path ?? "");
    return true;
  },
  "actions/upload-artifact": (machine, given) => {
    machine.keep(`artifacts/${given.name}`, given.path ?? "");
    return true;
  },
  "actions/download-artifact": (machine, given) => {
    machine.restore(`artifacts/${given.name}`, given.path ?? "");
    return true;
  },
};

function filled(texts: Env, contexts: Contexts): Env {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(`${text}`, contexts)]));
}

function fill(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression) => `${evaluate(expression, contexts, {})}`);
}

/** GitHub's expressions differ from JavaScript's in how a text is written, and in what isn't there: that is empty. */
function evaluate(expression: string, contexts: Contexts, functions: Record<string, unknown>): unknown {
  const inner = expression.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const script = inner.replaceAll(
    /'((?:[^']|'')*)'|([A-Za-z_][\w-]*(?:\.[\w-]+)*)(\s*\()?/g,
    (_, text, name, call) => {
      if (text !== undefined) return JSON.stringify(text.replaceAll("''", "'"));
      if (call) return `functions.${name}(`;
      return ["true", "false"].includes(name) ? name : `look(${JSON.stringify(name)})`;
    },
  );
  const look = (name: string) =>
    name.split(".").reduce<unknown>((within, part) => (within as Contexts | undefined)?.[part], contexts) ??
    "";
  const format = (text: string, ...parts: string[]) => text.replaceAll(/\{(\d)\}/g, (_, i) => parts[i] ?? "");
  return new Function("look", "functions", `return (${script});`)(look, { format, ...functions });
}
