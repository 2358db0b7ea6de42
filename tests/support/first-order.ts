import { hostname } from "node:os";
import type { Run } from "./project.mts";

/** Whoever comes second reads which order was first, where, when, what it came to, and what can be done. */
export function expectNames(run: Run, orderId: unknown, ...more: string[]): void {
  const named = [
    `${orderId}`,
    hostname(),
    new Date().toISOString().slice(0, 10),
    "adopt",
    "attempt",
    ...more,
  ];
  for (const text of named) expect(run.output).toContain(text);
}
