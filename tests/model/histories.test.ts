import "./simulation";
import fc from "fast-check";
import { histories, months, STACKS_OF_MONTH, undisturbedHistories } from "./history";
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

const staysWithin = fc.asyncProperty(months, (history) =>
  new World({ limit: 30, stacks: STACKS_OF_MONTH }).play(history),
);

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

test("whatever the stacks of one journal do, alone and at once, a month never goes over its limit", async () => {
  await fc.assert(staysWithin, runs(200));
});
