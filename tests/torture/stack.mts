import { Machine } from "../support/machine.mts";
import { Project } from "../support/project.mts";
import type { SandboxProcess } from "./sandbox-process.mts";

interface Arguments {
  readonly amount: number;
  readonly source: string;
  readonly attempt: number;
  readonly adopt?: string;
}

/** One stack and the purchases that its program declares, each with its own name as its source. */
export class Stack {
  readonly project: Project;
  readonly args: Map<string, Arguments>;

  constructor(engine: string, args: Map<string, Arguments>, env: Readonly<Record<string, string>> = {}) {
    this.project = new Project({ engine, quick: true, env });
    this.project.preload("later");
    this.args = args;
  }

  get names(): string[] {
    return [...this.args.keys()];
  }

  buysFrom(sandbox: SandboxProcess, journal: string): void {
    this.project.env.VERCEL_API_URL = sandbox.url;
    this.project.env.VERCEL_CREDITS_JOURNAL = journal;
  }

  /** From now on it is worked on from another machine. */
  async moveToNewMachine(): Promise<void> {
    this.project.machine = await Machine.boot(`machine-${++machines}`);
  }

  declare(): void {
    this.project.declare(...[...this.args].map(([name, args]) => ({ name, args: { ...args } })));
  }

  /** What a person would say of this one, who has looked at the billing page. */
  settle(name: string, intentId: string | undefined): void {
    const now = this.args.get(name);
    if (now === undefined) return;
    const { adopt: _, ...without } = now;
    this.args.set(
      name,
      intentId === undefined ? { ...without, attempt: now.attempt + 1 } : { ...now, adopt: intentId },
    );
  }
}

let machines = 0;

export function argumentsOf(prefix: string, purchases: number): Map<string, Arguments> {
  const names = Array.from({ length: purchases }, (_, i) => `${prefix}-${i + 1}`);
  return new Map(names.map((name, i) => [name, { amount: i + 1, source: name, attempt: 1 }]));
}
