import { AsyncLocalStorage } from "node:async_hooks";

/** A process as records name it. */
export interface SimulatedProcess {
  readonly pid: number;
  readonly host: string;
  readonly bootId: string;
  /** How far its machine's clock is ahead. */
  readonly clockAheadMs: number;
  readonly hasEnded: boolean;
}

/** The time of the world; it passes only where the model says so. */
let now = Date.parse("2026-03-01T12:00:00Z");
export const clock = {
  get now() {
    return now;
  },
  advance(ms: number) {
    now += ms;
  },
};

/** Which of the simulated processes runs at this moment. */
export const running = new AsyncLocalStorage<SimulatedProcess>();
/** Those that the world at hand has started. */
export const started = new Map<number, SimulatedProcess>();
/** What waits for time to pass. Set by the world at hand. */
export const sleeper: { sleep: (ms: number) => Promise<void> } = { sleep: () => Promise.resolve() };
/** The folders of updates: records of one engine process, by folder and name. */
export const updateFolders = new Map<string, unknown[]>();

const RealDate = Date;
class SimulatedDate extends RealDate {
  constructor(...given: [] | [number | string]) {
    if (given.length === 0) super(SimulatedDate.now());
    else super(given[0]);
  }
  static override now(): number {
    return now + (running.getStore()?.clockAheadMs ?? 0);
  }
}
globalThis.Date = SimulatedDate as DateConstructor;

jest.mock("node:timers/promises", () => ({ setTimeout: (ms: number) => sleeper.sleep(ms) }));

interface Named {
  readonly pid: number;
  readonly host: string;
  readonly bootId?: string | undefined;
}

jest.mock("../../provider/src/domain/process-identity", () => ({
  ...jest.requireActual("../../provider/src/domain/process-identity"),
  get thisProcess() {
    const { pid, host, bootId } = running.getStore() ?? { pid: 1, host: "a person's", bootId: "1" };
    return { pid, host, bootId };
  },
  hasEnded: ({ pid, host, bootId }: Named) => {
    const here = running.getStore();
    if (here === undefined || here.host !== host) return undefined;
    return here.bootId === bootId ? (started.get(pid)?.hasEnded ?? true) : undefined;
  },
  isGone: (pid: number) => started.get(pid)?.hasEnded ?? true,
}));

jest.mock("../../provider/src/charge/update-folder", () => ({
  UpdateFolder: class {
    constructor(private readonly folder: string) {}

    createIfAbsent(name: string, record: object): boolean {
      const path = `${this.folder}/${name}`;
      if (updateFolders.has(path)) return false;
      updateFolders.set(path, [JSON.parse(JSON.stringify(record))]);
      return true;
    }

    add(name: string, record: object): void {
      updateFolders.get(`${this.folder}/${name}`)?.push(JSON.parse(JSON.stringify(record)));
    }

    read(name: string): unknown[] | undefined {
      return updateFolders.get(`${this.folder}/${name}`);
    }
  },
}));
