import { appendFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { REMOTE } from "../tests/torture/journal-place.mts";
import { KILL_POINTS, PART_KILL_POINTS, REMOTE_KILL_POINTS } from "../tests/torture/kill-points.mts";
import { MOVES, REMOTE_MOVES } from "../tests/torture/moves.mts";
import { randomOf } from "../tests/torture/random.mts";
import { type RoundResult, round } from "../tests/torture/round.mts";
import { findEngine } from "./engine.mts";

/**
 * `npm run torture [-- --kills 25 --seed S --purchases 4]`: kills Pulumi, the provider process or the sandbox at random
 * moments of an update on the real engine, copies or moves its stack or its journal, follows the documented recovery, and lets the sandbox judge.
 *
 * With `--journal s3` (Ceph's gateway) or `--journal postgres` the journal is in a real store, which is killed, too, and every
 * stack is on a machine of its own: namespaces of processes with a disk, which end at once, with the disk. Needs root. Of Ceph
 * the gateway alone is killed, since its cluster here keeps in memory what it acknowledged; PostgreSQL is killed whole, and has
 * all on its disk.
 *
 * `--table FILE` keeps a line of JSON for every round: what was killed when, and what came of it.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "25" },
    seed: { type: "string", default: String(Date.now()) },
    purchases: { type: "string", default: "4" },
    journal: { type: "string", default: "folder" },
    table: { type: "string" },
    only: { type: "string" },
    move: { type: "string" },
  },
});
const kills = Number(values.kills);
const purchases = Number(values.purchases);
const { journal } = values;
const isRemote = journal === "s3" || journal === "postgres";
const strikes = {
  ...(isRemote ? REMOTE_KILL_POINTS : KILL_POINTS),
  ...(journal === "postgres" && PART_KILL_POINTS),
};
const points = Object.keys(strikes).filter((point) => values.only === undefined || point === values.only);
const moves = Object.keys(isRemote ? REMOTE_MOVES : MOVES).filter(
  (move) => values.move === undefined || move === values.move,
);
if (
  !(kills >= 1 && purchases >= 1 && points.length > 0 && moves.length > 0) ||
  !(isRemote || journal === "folder")
) {
  console.error(
    `--kills and --purchases are whole numbers; --journal is folder, s3 or postgres; --only is one of: ` +
      `${Object.keys(strikes).join(", ")}; --move is one of: ${Object.keys(isRemote ? REMOTE_MOVES : MOVES).join(", ")}`,
  );
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const engine = await findEngine();
console.error(`${kills} rounds of ${purchases} purchases, journal ${journal}, seed ${values.seed}`);

const results: RoundResult[] = [];
let next = 0;
/** Each has a store of its own, which it may kill. */
async function work(): Promise<void> {
  const store = isRemote ? REMOTE[journal]() : undefined;
  if (store) Object.assign(process.env, store.env);
  try {
    await store?.start();
    while (next < kills) {
      const number = next++;
      const killPoint = points[number % points.length] ?? "";
      const move = moves[number % moves.length] ?? "";
      const random = randomOf(`${values.seed}/${number}`);
      const result = await round(engine.folder, { killPoint, move, purchases, random, store }).catch(
        (error: Error): RoundResult => ({
          ...{ killPoint, move, purchases, when: "", charges: 0, byItself: 0, byAPerson: 0, waited: 0 },
          violations: [`the round could not be judged: ${error.message}`],
          recovery: [error.stack ?? ""],
        }),
      );
      results.push(result);
      note(number + 1, result);
    }
  } finally {
    await store?.close();
  }
}

function note(number: number, { recovery, ...result }: RoundResult): void {
  const { killPoint, when, move, charges, byItself, byAPerson, waited, violations } = result;
  const verdict = violations.length === 0 ? "" : `: VIOLATION ${violations.join("; ")}`;
  console.error(
    `round ${number}, ${killPoint} ${when}, ${move === "none" ? "no move" : move}: ${result.purchases} purchases, ` +
      `${charges} charges, ${byItself} by itself, ${byAPerson} by a person, ${waited} waited${verdict}`,
  );
  if (verdict) console.error(recovery.join("\n"));
  if (values.table !== undefined) {
    const line = { journal, round: number, seed: values.seed, ...result };
    appendFileSync(values.table, `${JSON.stringify(line)}\n`);
  }
}
await Promise.all(Array.from({ length: Math.min(kills, availableParallelism()) }, work));

const sum = (
  of: readonly RoundResult[],
  key: "purchases" | "charges" | "byItself" | "byAPerson" | "waited",
) => of.reduce((total, result) => total + result[key], 0);
const row = (of: readonly RoundResult[]) => ({
  rounds: of.length,
  purchases: sum(of, "purchases"),
  charges: sum(of, "charges"),
  "recovered by itself": sum(of, "byItself"),
  "needed a person": sum(of, "byAPerson"),
  "waited for a machine": sum(of, "waited"),
  violations: of.flatMap((result) => result.violations).length,
});
console.table({
  ...Object.fromEntries(
    points.map((point) => [point, row(results.filter(({ killPoint }) => killPoint === point))]),
  ),
  ...Object.fromEntries(
    moves.map((each) => [`move: ${each}`, row(results.filter(({ move }) => move === each))]),
  ),
  "in all": row(results),
});
console.log(`seed ${values.seed}`);
process.exitCode = results.some((result) => result.violations.length > 0) ? 1 : 0;
