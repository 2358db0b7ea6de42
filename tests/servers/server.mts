import type { ServerKind } from "../../tools/servers/found.mts";

/** A real server that journals can be kept on, for one test file. */
export interface RealServer {
  readonly kind: ServerKind;
  /** Where it listens, for a proxy to stand before it. */
  readonly port: number;
  /**
   * The address of a journal on it.
   *
   * @param name Of the journal: letters and digits.
   * @param port Where it is reached: its own port, or a proxy's.
   */
  address(name: string, port?: number): string;
  /** The credentials, and whatever else of the environment its client looks at; for this port. */
  env(port?: number): Record<string, string>;
  /** Its journals' addresses and environments with which it is not to be had, and what is to be said of each. */
  wrong(): Wrong[];
  /** Kills what answers requests, and starts it again with the same records and port, where its records outlast it. */
  restart?(): Promise<void>;
  stop(): Promise<void>;
}

export interface Wrong {
  readonly what: string;
  readonly address: string;
  readonly env: Record<string, string | undefined>;
  readonly says: RegExp;
}
