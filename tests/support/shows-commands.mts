import { TestEnvironment } from "jest-environment-node";
import type { Printed } from "./printed.mts";

/** Longer output is cut in the middle. */
const MOST = 6_000;

/** What is read of an event of jest's runner. */
interface Event {
  readonly name: string;
  readonly test?: { readonly name: string; readonly errors: readonly unknown[] };
}

/** Where a test fails, shows what its commands have printed: an assertion shows only what it compared. */
export default class ShowsCommands extends TestEnvironment {
  handleTestEvent({ name, test }: Event): void {
    const all = this.global as unknown as Printed;
    if (name === "test_start") all.printed = [];
    if (name !== "test_done" || !test || test.errors.length === 0) return;
    for (const text of all.printed ?? []) {
      const shown = text.length > MOST ? `${text.slice(0, MOST / 2)}\n...\n${text.slice(-MOST / 2)}` : text;
      process.stderr.write(`\n"${test.name}" failed after ${shown}\n`);
    }
  }
}
