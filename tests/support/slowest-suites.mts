import { dirname, relative } from "node:path";

/** What is read of jest's results. */
interface Results {
  readonly numTotalTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly testFilePath: string;
    readonly perfStats: { readonly start: number; readonly end: number };
    readonly numPassingTests: number;
    readonly numFailingTests: number;
  }[];
}

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly suites: number;
  readonly cases: number;
}

/** So many are listed. */
const MOST = 10;

/**
 * A reporter for jest: at the end of a run, where its time went, by suite and by folder. The reporters in the registry list
 * single tests, and here it is a suite that is moved to another layer.
 */
export default class SlowestSuites {
  readonly #root: string;
  #ranNothing = false;

  constructor({ rootDir }: { readonly rootDir: string }) {
    this.#root = rootDir;
  }

  /** With a name that no test has, jest is content to have run none. */
  getLastError(): Error | undefined {
    return this.#ranNothing ? new Error("no test has that name, so none was run") : undefined;
  }

  onRunComplete(_contexts: unknown, { numTotalTests, numPendingTests, testResults }: Results): void {
    this.#ranNothing = numTotalTests > 0 && numTotalTests === numPendingTests;
    const suites = testResults
      .filter(({ numPassingTests, numFailingTests }) => numPassingTests + numFailingTests > 0)
      .map(({ testFilePath, perfStats, numPassingTests, numFailingTests }) => ({
        name: relative(this.#root, testFilePath),
        seconds: (perfStats.end - perfStats.start) / 1000,
        suites: 1,
        cases: numPassingTests + numFailingTests,
      }))
      .toSorted(slowestFirst);
    if (suites.length < 2) return;
    // Where jest writes its own closing lines, so that both stay in order.
    process.stderr.write(
      [
        "",
        "Slowest suites, in seconds of one worker:",
        ...suites
          .slice(0, MOST)
          .map(({ name, seconds, cases }) => line(seconds, `${name}, ${count(cases, "case")}`)),
        "",
        "By folder:",
        ...byFolder(suites).map(({ name, seconds, ...of }) =>
          line(seconds, `${name}, ${count(of.suites, "suite")}, ${count(of.cases, "case")}`),
        ),
        "",
      ].join("\n"),
    );
  }
}

function byFolder(suites: readonly Row[]): Row[] {
  const folders = Map.groupBy(suites, ({ name }) => dirname(name));
  return [...folders]
    .map(([name, rows]) => ({
      name,
      seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
      suites: rows.length,
      cases: rows.reduce((sum, row) => sum + row.cases, 0),
    }))
    .toSorted(slowestFirst);
}

function slowestFirst(a: Row, b: Row): number {
  return b.seconds - a.seconds;
}

function line(seconds: number, text: string): string {
  return `${seconds.toFixed(1).padStart(8)}  ${text}`;
}

function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? "" : "s"}`;
}
