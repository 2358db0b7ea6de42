import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { KILL_POINTS } from "../tests/torture/kill-points.mts";
import { MOVES } from "../tests/torture/moves.mts";
import { randomOf } from "../tests/torture/random.mts";
import { type RoundResult, round } from "../tests/torture/round.mts";
import { findEngine } from "./engine.mts";

/**
 * `npm run torture [-- --kills 25 --seed S --purchases 4]`: kills Pulumi, the provider process or the sandbox at random
 * moments of an update on the real engine, copies or moves its stack or its journal, follows the documented recovery, and lets the sandbox judge.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "25" },
    seed: { type: "string", default: String(Date.now()) },
    purchases: { type: "string", default: "4" },
    only: { type: "string" },
    move: { type: "string" },
  },
});
const kills = Number(values.kills);
const purchases = Number(values.purchases);
const points = Object.keys(KILL_POINTS).filter((point) => values.only === undefined || point === values.only);
const moves = Object.keys(MOVES).filter((move) => values.move === undefined || move === values.move);
if (!(kills >= 1 && purchases >= 1 && points.length > 0 && moves.length > 0)) {
  console.error(
    `--kills and --purchases are whole numbers; --only is one of: ${Object.keys(KILL_POINTS).join(", ")}; ` +
      `--move is one of: ${Object.keys(MOVES).join(", ")}`,
  );
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const engine = await findEngine();
console.error(`${kills} rounds of ${purchases} purchases, seed ${values.seed}`);

const results: RoundResult[] = [];
let next = 0;
async function work(): Promise<void> {
  while (next < kills) {
    const number = next++;
    const killPoint = points[number % points.length] ?? "";
    const move = moves[number % moves.length] ?? "";
    const random = randomOf(`${values.seed}/${number}`);
    const result = await round(engine.folder, { killPoint, move, purchases, random });
    results.push(result);
    const verdict = result.violations.length === 0 ? "" : `: VIOLATION ${result.violations.join("; ")}`;
    console.error(`round ${number + 1}, ${killPoint}, ${move === "none" ? "no move" : move}${verdict}`);
    if (verdict) console.error(result.recovery.join("\n"));
  }
}
await Promise.all(Array.from({ length: Math.min(kills, availableParallelism()) }, work));

const sum = (of: readonly RoundResult[], key: "purchases" | "charges" | "byItself" | "byAPerson") =>
  of.reduce((total, result) => total + result[key], 0);
const row = (of: readonly RoundResult[]) => ({
  rounds: of.length,
  purchases: sum(of, "purchases"),
  charges: sum(of, "charges"),
  "recovered by itself": sum(of, "byItself"),
  "needed a person": sum(of, "byAPerson"),
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
