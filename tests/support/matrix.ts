import type { Outcome } from "../../provider/src/domain/outcome";
import { CELLS, type Cell, FOUND, SENTENCE_NAMES, type SentenceName } from "./cells";
import type { Said, SaidOfOne } from "./events";
import { Outset } from "./outset";
import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "./sentences";
import { STEPS, WAYS, type WayOut } from "./steps";

const SENTENCES: Record<SentenceName, string> = {
  charged: CHARGED,
  maybe: MAYBE_CHARGED,
  nothing: NOTHING_CHARGED,
};

/** What a command did to one purchase. */
interface Done extends SaidOfOne {
  readonly requests: number;
  readonly kept: Record<string, unknown> | undefined;
}

/** The cells of these steps, with the ways out of what fails. They share one stack. */
export function testCellsOf(...steps: readonly string[]): void {
  let outset: Outset;
  beforeAll(async () => {
    outset = await Outset.make();
  });
  afterAll(() => outset?.close());
  const theOutset = () => outset;

  for (const name of steps) {
    if (name === FOUND) {
      describe("a purchase is made, and what it comes to is found out", () => testFound(theOutset));
      continue;
    }
    const cells = CELLS.filter(({ step }) => step === name);
    describe(`then: ${name}`, () => {
      testTogether(
        cells.filter(({ up }) => up !== "stops"),
        theOutset,
      );
      // The engine ends an update at the first purchase that it stops for: each has a stack of its own.
      for (const cell of cells.filter(({ up }) => up === "stops")) testTogether([cell], theOutset);
    });
  }
}

/** All that one update of the stack shows. */
function testTogether(cells: readonly Cell[], outset: () => Outset): void {
  if (cells.length === 0) return;
  const failing = cells.filter(({ wayOut }) => wayOut !== undefined);
  const before = new Map<Outcome, Done["kept"]>();
  let done: Map<Outcome, Done>;
  let then: Map<Outcome, Done>;
  let others: string;

  describe(outcomesOf(cells).join(", "), () => {
    beforeAll(async () => {
      for (const { outcome } of cells) before.set(outcome, outset().kept(outcome));
      outset().keepOnly(outcomesOf(cells));
      const said = await stepOf(cells)(outset(), outcomesOf(cells));
      others = said.others;
      done = doneTo(cells, outset(), said);
      if (failing.length > 0) then = doneTo(failing, outset(), await takeWaysOut(failing, outset()));
    });
    afterAll(() => outset().reset());

    test.each(cells.map((cell) => [titleOf(cell), cell] as const))("%s", (_title, cell) => {
      const { end, output, requests, kept } = of(done, cell);
      expect(requests).toBe(cell.requests);
      expect({ end, output }).toMatchObject({ end: cell.up === "succeeds" ? "succeeds" : "fails" });
      expectSays(output, cell.says);
      expectReadable({ output });
      expect(kept?.outcome).toBe(cell.after);
      if (cell.after === cell.outcome && cell.outcome !== "adopted") {
        expect(kept).toMatchObject(recordOf(before.get(cell.outcome)));
      }
    });

    test("every sentence about money names its purchase", () =>
      expect(sentencesOf({ output: others })).toEqual([]));

    for (const cell of failing) {
      test(`a way out that is documented succeeds: ${cell.outcome}, ${cell.wayOut}`, () => {
        const way = wayOf(cell);
        const { end, output, requests, kept } = of(then, cell);
        if (way.named) expect(of(done, cell).output).toMatch(way.named);
        expect(requests).toBe(cell.requests + way.sends);
        expect({ end, output }).toMatchObject({ end: "succeeds" });
        const after = way.after.map((one) => (one === "as before" ? cell.outcome : one));
        expect(after).toContain(kept?.outcome);
      });
    }
  });
}

/** The update that found it out: it is kept whether it succeeds or fails. */
function testFound(outset: () => Outset): void {
  const cells = CELLS.filter(({ step }) => step === FOUND);
  test.each(cells.map((cell) => [titleOf(cell), cell] as const))("%s", (_title, cell) => {
    const { end, output } = outset().found.get(cell.outcome) ?? { end: "not at all", output: "" };
    expect({ end, output }).toMatchObject({ end: cell.up });
    expectSays(output, cell.says);
    expectReadable({ output });
    expect(outset().kept(cell.outcome)).toMatchObject({ outcome: cell.after });
    expect(outset().requests(cell.outcome)).toBe(cell.requests);
  });
}

function stepOf([cell]: readonly Cell[]) {
  const step = STEPS[cell?.step ?? ""];
  if (step === undefined) throw new Error(`no such step: ${cell?.step}`);
  return step;
}

function wayOf({ wayOut }: Cell): WayOut {
  const way = WAYS[wayOut ?? ""];
  if (way === undefined) throw new Error(`no such way out: ${wayOut}`);
  return way;
}

/** One update for all, as none of them has to do with another. */
async function takeWaysOut(cells: readonly Cell[], outset: Outset): Promise<Said> {
  const destroys = cells.some((cell) => wayOf(cell).destroys);
  // What the step destroyed isn't to be bought again.
  if (destroys) outset.declareOnly(outcomesOf(cells));
  for (const cell of cells) wayOf(cell).prepare(outset, cell.outcome);
  const said = await outset.up();
  return destroys ? outset.run("destroy") : said;
}

function doneTo(cells: readonly Cell[], outset: Outset, said: Said): Map<Outcome, Done> {
  return new Map(
    cells.map(({ outcome }) => [
      outcome,
      { ...said.of(outset.name(outcome)), requests: outset.requests(outcome), kept: outset.kept(outcome) },
    ]),
  );
}

function of(done: Map<Outcome, Done>, { outcome }: Cell): Done {
  const one = done.get(outcome);
  if (one === undefined) throw new Error(`nothing was done to ${outcome}`);
  return one;
}

const outcomesOf = (cells: readonly Cell[]): Outcome[] => cells.map(({ outcome }) => outcome);

function titleOf({ outcome, up, requests, after }: Cell): string {
  const kept = after === outcome ? "" : `, then ${after ?? "nothing is on record"}`;
  return `${outcome}: ${up}, ${requests} request${requests === 1 ? "" : "s"} in all${kept}`;
}

function expectSays(output: string, { must, may }: Cell["says"]): void {
  const said = SENTENCE_NAMES.filter((name) => sentencesOf({ output }).includes(SENTENCES[name]));
  expect(said.filter((name) => !may.includes(name))).toEqual(must);
}

/** What no step changes as long as the outcome stays: under which order, which intent, for how much, for whom. */
function recordOf(kept: Record<string, unknown> = {}): object {
  const { orderId, intentId, status, createdAt, total, outcome, team } = kept;
  const final = outcome === "bought" ? { team } : {};
  return JSON.parse(JSON.stringify({ orderId, intentId, status, createdAt, total, ...final }));
}
