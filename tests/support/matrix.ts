import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "../../provider/src/domain/messages";
import type { Outcome } from "../../provider/src/domain/outcome";
import { CELLS, type Cell, SENTENCE_NAMES, type SentenceName } from "./cells";
import { Outset } from "./outset";
import { expectReadable, sentencesOf } from "./stack";
import { STEPS, WAYS } from "./steps";
import { IS_WHOLE } from "./whole";

const SENTENCES: Record<SentenceName, string> = {
  charged: CHARGED,
  maybe: MAYBE_CHARGED,
  nothing: NOTHING_CHARGED,
};

/** A test for every next step after one outcome; see `cells.ts`. */
export function testCellsOf(outcome: Outcome): void {
  const cells = CELLS.filter((cell) => cell.outcome === outcome);
  let outset: Outset;
  beforeAll(async () => {
    outset = await Outset.make(outcome);
  });
  afterEach(() => outset.reset());
  afterAll(() => outset?.close());

  test("a purchase is made that has this outcome", () => {
    expect(outset.kept()).toMatchObject({ outcome });
  });

  test("every step is in the table", () => {
    expect(cells.map(({ step }) => step).sort()).toEqual(Object.keys(STEPS).sort());
  });

  test.each(
    cells.filter((cell) => IS_WHOLE || cell.isEssential).map((cell) => [titleOf(cell), cell] as const),
  )("%s", async (_title, cell) => {
    const before = outset.kept();
    const step = STEPS[cell.step];
    if (step === undefined) throw new Error(`no such step: ${cell.step}`);

    const run = await step(outset);

    expect(outset.requests()).toBe(cell.requests);
    expect(endOf(run)).toBe(cell.up);
    expectSays(run, cell.says);
    expectReadable(run);
    const after = outset.kept();
    expect(after?.outcome).toBe(cell.after);
    if (cell.after === outcome && outcome !== "adopted") expect(after).toMatchObject(recordOf(before));
    if (cell.wayOut !== undefined) await expectWayOut(outset, cell.wayOut, run, cell.requests);
  });
}

function titleOf({ step, up, requests, wayOut }: Cell): string {
  const way = wayOut === undefined ? "" : `; ${wayOut} succeeds`;
  return `${step}: ${up}, ${requests} request${requests === 1 ? "" : "s"} in all${way}`;
}

type Run = Parameters<typeof sentencesOf>[0];

const endOf = ({ code }: Run) => (code === null ? "hangs" : code === 0 ? "succeeds" : "fails");

function expectSays(run: Run, { must, may }: Cell["says"]): void {
  const said = SENTENCE_NAMES.filter((name) => sentencesOf(run).includes(SENTENCES[name]));
  expect(said.filter((name) => !may.includes(name))).toEqual(must);
}

/** What no step changes as long as the outcome stays: under which order, which intent, for how much, for whom. */
function recordOf(kept: Record<string, unknown> = {}): object {
  const { orderId, intentId, status, createdAt, total, outcome, team } = kept;
  const final = outcome === "bought" ? { team } : {};
  return JSON.parse(JSON.stringify({ orderId, intentId, status, createdAt, total, ...final }));
}

async function expectWayOut(outset: Outset, name: string, led: Run, requests: number): Promise<void> {
  const way = WAYS[name];
  if (way === undefined) throw new Error(`no such way out: ${name}`);
  if (way.named) expect(led.output).toMatch(way.named);

  const run = await way.take(outset);

  expect(outset.requests()).toBe(requests + way.sends);
  expect({ end: endOf(run), output: run.output }).toMatchObject({ end: "succeeds" });
  const after = way.after.map((one) => (one === "as before" ? outset.outcome : one));
  expect(after).toContain(outset.kept()?.outcome);
}
