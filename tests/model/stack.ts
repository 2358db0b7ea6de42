import type { OrderReference } from "../../provider/src/state/order-reference";
import type { DiskImage } from "./disk";
import type { Request } from "./endpoint";
import type { Half, Program, State } from "./engine";
import type { Host } from "./machine";

/** A stack, with the people who use it. */
export interface Stack {
  readonly id: number;
  program: Program;
  state: State;
  host: Host;
  /** The journal of the machine it is used on. */
  folder: string;
  /** The orders that the people of this stack were told of. */
  readonly known: Set<string>;
  /** By attempt: what was known when it was set. */
  readonly raises: Map<number, ReadonlySet<string>>;
}

export interface Backup {
  readonly state: State;
  readonly journal: DiskImage;
  readonly program: Program;
}

/** What one command of one engine is judged by. */
export interface Judged {
  readonly stack: Stack;
  readonly program: Program;
  readonly before: State;
  readonly folder: string | undefined;
  readonly identity: string;
  readonly replaces: readonly Half[];
  /** What the state had of this purchase, in the halves that are kept. */
  readonly mentions: string;
  /** The orders that the journal knew to have bought, or to be able to, when it began. */
  readonly completed: ReadonlySet<string>;
  /** Those that it knew any outcome of. */
  readonly ended: ReadonlySet<string>;
  /** The last order in the state, where a person had said in the journal that it was made. */
  readonly adopted: string | undefined;
  /** With the charges that it is about, and the last attempt that was sent. */
  readonly lines: {
    readonly line: string;
    readonly isThrown: boolean;
    readonly charged: readonly Request[];
    readonly last: number;
  }[];
  readonly sent: Request[];
  /** How many requests there had been when it began: it can't know of those that another one sends meanwhile. */
  readonly since: number;
  /** Its attempt was used, whether or not a request left. */
  hasTried: boolean;
}

const NONE: State = { condemned: [] };

export function lastOpening({ order }: State): OrderReference | undefined {
  const openings = (order?.outputs.__journal as { openings?: OrderReference[] } | undefined)?.openings;
  return openings?.at(-1);
}

export function newStack(id = 0): Stack {
  const urn = `urn:pulumi:dev${id === 0 ? "" : id}::proj::pulumi-nodejs:dynamic/vercel:CreditPurchase::top-up`;
  return {
    id,
    host: { name: `host${id}`, clockAheadMs: (id % 3) * 20_000, boots: 1 },
    folder: "/journal0",
    program: { name: "top-up", urn, creditType: "gateway", amount: 10, attempt: 1 },
    state: NONE,
    known: new Set(),
    raises: new Map(),
  };
}
