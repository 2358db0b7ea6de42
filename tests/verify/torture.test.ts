import { spawn } from "node:child_process";
import { once } from "node:events";
import { whatIsMissing } from "../../tools/servers/found.mts";

/** A last bound, many times what the rounds take. */
const LONGEST_MS = 15 * 60_000;

const canKillMachines = whatIsMissing("postgres") === undefined && process.getuid?.() === 0;

test(
  "25 kills at random moments: nothing is bought twice, and nothing is lost",
  () => tortured(25, "folder"),
  LONGEST_MS,
);

(canKillMachines ? test : test.skip)(
  "8 kills of machines, what runs on them, and the store of their journal: nothing is bought twice, and nothing is lost",
  () => tortured(8, "postgres"),
  LONGEST_MS,
);

async function tortured(rounds: number, journal: string): Promise<void> {
  const args = ["--kills", String(rounds), "--seed", "ci", "--journal", journal, "--purchases", "4"];
  const child = spawn(process.execPath, ["tools/torture.mts", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));

  const [code] = await once(child, "close");

  expect(output).not.toContain("VIOLATION");
  expect(output).toMatch(new RegExp(`in all'?\\s+│ ${rounds}\\s+│ (\\d+)\\s+│ \\1 `));
  expect(code).toBe(0);
}
