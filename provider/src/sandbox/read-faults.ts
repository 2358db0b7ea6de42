import { errorBody } from "./answers";
import type { FaultOptions, Wire } from "./faults";

/** The requests that only read. */
export const READS = ["team", "gateway-balance", "v0-balance"] as const;
/** A request that only reads: the team, or a balance. */
export type Read = (typeof READS)[number];

/** The ways in which the sandbox can misbehave on a request that only reads; the names are those of `FAULTS`. */
export const READ_FAULTS = {
  status: (_body: object, { status = 500, code = "some_error" }: FaultOptions): Wire => ({
    status,
    body: errorBody(code, `The sandbox was told to answer ${status}.`),
  }),
  "rate-limit": (): Wire => ({ status: 429, body: errorBody("rate_limited", "Too many requests.") }),
  redirect: (): Wire => ({ status: 307, headers: { location: "/v2/elsewhere" } }),
  "cut-before-charge": (): Wire => ({ cut: "at once" }),
  "cut-in-head": (): Wire => ({ cut: "in the head" }),
  "cut-in-body": (body: object): Wire => ({ cut: "in the body", body }),
  garbage: (): Wire => ({ body: "<!doctype html><title>Hello</title>" }),
  empty: (): Wire => ({ body: "" }),
  oversized: (body: object): Wire => ({ body: { ...body, padding: "x".repeat(1024 * 1024) } }),
  slow: (body: object, { milliseconds = 2000 }: FaultOptions): Wire => ({ wait: milliseconds, body }),
  "never-answer": (): Wire => ({ wait: Number.POSITIVE_INFINITY }),
  "extra-fields": (body: object): Wire => ({ body: { ...body, version: 2 } }),
};

/** The name of a misbehaviour of a request that only reads. */
export type ReadFault = keyof typeof READ_FAULTS;
