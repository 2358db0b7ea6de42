import "./simulation";
import fc from "fast-check";
import { histories, undisturbedHistories } from "./history";
import { print, World } from "./world";

beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation(print);
});

afterEach(() => jest.restoreAllMocks());

const holds = fc.asyncProperty(histories, (history) => new World().play(history));

const buysAgain = fc.asyncProperty(undisturbedHistories, async (history) => {
  const world = new World();
  await world.play(history);
  await world.expectNextUpdateToBuy();
});

const hasAWayOut = fc.asyncProperty(histories, async (history) => {
  const world = new World();
  await world.play(history);
  await world.expectAWayOut();
});

/** The same histories at each run. To look further: HISTORIES_SEED=$RANDOM HISTORIES=100000 npx jest tests/model. */
const { HISTORIES, HISTORIES_SEED } = process.env;
const runs = (numRuns: number) => ({
  numRuns: Number(HISTORIES ?? numRuns),
  seed: Number(HISTORIES_SEED ?? 1),
});

test("whatever happens, an order is sent once, no charge comes unasked, none is lost, and what is said is true", async () => {
  await fc.assert(holds, runs(400));
});

test("undisturbed, what was never sent is bought by the next update", async () => {
  await fc.assert(buysAgain, runs(400));
});

test("however it stopped, there is a way out", async () => {
  await fc.assert(hasAWayOut, runs(400));
});
