import { spawn } from "node:child_process";
import { once } from "node:events";

const ROUNDS = 25;

/** A last bound, many times what the rounds take. */
const LONGEST_MS = 15 * 60_000;

test(
  `${ROUNDS} kills at random moments: nothing is bought twice, and nothing is lost`,
  async () => {
    const child = spawn(process.execPath, ["tools/torture.mts", "--kills", String(ROUNDS), "--seed", "ci"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));

    const [code] = await once(child, "close");

    expect(output).not.toContain("VIOLATION");
    expect(output).toMatch(new RegExp(`in all'?\\s+│ ${ROUNDS}\\s+│ (\\d+)\\s+│ \\1 `));
    expect(code).toBe(0);
  },
  LONGEST_MS,
);
