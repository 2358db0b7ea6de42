import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const JEST = createRequire(import.meta.url).resolve("jest/bin/jest");

/** What is read of jest's results. */
interface Results {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export interface Failure {
  readonly test: string;
  readonly message: string;
}

/** What a run of some test files came to. */
export interface Ran {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Why files could not be run, or the run came to no end. */
  readonly problem?: string | undefined;
}

export interface Asked {
  readonly files: readonly string[];
  /** A pattern for the names of tests. */
  readonly named?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
}

/** Runs test files of a folder in one process, with nothing shown. */
export async function runJest(folder: string, { files, named, env, limitMs }: Asked): Promise<Ran> {
  const outputFile = join(folder, "results.json");
  rmSync(outputFile, { force: true });
  const args = [
    ...["--runInBand", "--bail", "--silent", "--reporters=default", "--watchman=false"],
    // With the folder it is removed.
    ...["--cacheDirectory", join(folder, "cache"), "--json", "--outputFile", outputFile],
    ...(named === undefined ? [] : ["--testNamePattern", named]),
    ...["--runTestsByPath", ...files.map((file) => join("tests", file))],
  ];
  const child = spawn(process.execPath, [JEST, ...args], {
    cwd: folder,
    env,
    stdio: "ignore",
    detached: true,
  });
  // With what its tests have started.
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  const tooLong = setTimeout(end, limitMs);
  process.once("exit", end);
  await once(child, "close");
  clearTimeout(tooLong);
  process.removeListener("exit", end);
  end();
  return readResults(outputFile);
}

function readResults(file: string): Ran {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failures: [], problem: "the run came to no end" };
  }
  const unloaded = results.testResults.find(
    ({ message, assertionResults }) => message && assertionResults.length === 0,
  );
  const failures = results.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => ({ test: fullName, message: failureMessages.join("\n") }));
  return {
    passed: results.numPassedTests,
    failures,
    problem: unloaded && `the file does not run: ${unloaded.message.trim().slice(0, 300)}`,
  };
}
