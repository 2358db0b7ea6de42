import "./simulation";
import fc from "fast-check";
import { UpdateLedger } from "../../provider/src/charge/update-ledger";
import { Disk } from "./disk";
import { type Answer, kindOf } from "./endpoint";
import { Engine, type Stack } from "./engine";
import { Violation } from "./judge";
import { type Mishap, ProviderProcess } from "./machine";
import { clock, started, updateFolders } from "./simulation";
import { Turns } from "./turns";
import { print } from "./world";

/** One purchase of an update, with the provider process that it is given. */
interface Planned {
  readonly amount: number;
  readonly answer: Answer;
  readonly process: number;
  readonly isSlow: boolean;
}

interface Update {
  readonly purchases: readonly Planned[];
  readonly crash: Mishap | undefined;
  readonly hasJournal: boolean;
  readonly turns: readonly number[];
}

const CAP = 1000;

const updates: fc.Arbitrary<Update> = fc.record({
  purchases: fc.array(
    fc.record({
      amount: fc.constantFrom(300, 600, 900),
      answer: fc.constantFrom<Answer>("succeeded", "pending", "declined", "notConnected", "lostAfterCharge"),
      process: fc.nat(2),
      isSlow: fc.boolean(),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  crash: fc.option(fc.record({ kind: fc.constant("crash" as const), at: fc.integer({ min: 1, max: 40 }) }), {
    nil: undefined,
    freq: 1,
  }),
  hasJournal: fc.boolean(),
  turns: fc.array(fc.nat(3), { maxLength: 120 }),
});

let worlds = 0;

/** An update of several purchases, each in a provider process of its own or in a shared one. */
async function play({ purchases, crash, hasJournal, turns: order }: Update): Promise<void> {
  started.clear();
  updateFolders.clear();
  const turns = new Turns();
  const disk = new Disk();
  const engine = `engine of ${++worlds}`;
  const host = { name: "host", clockAheadMs: 0, boots: 1 };
  let spent = 0;
  let underWay = 0;
  let doubt = false;
  let violation: string | undefined;
  const planned = new Map(purchases.map((purchase, i) => [`credits-${i}`, purchase]));
  const processes = new Map<number, ProviderProcess>();

  const processOf = (number: number): ProviderProcess => {
    const found = processes.get(number);
    if (found) return found;
    const process: ProviderProcess = new ProviderProcess({
      id: 100 + number,
      ...{ host, turns, engine },
      mishap: number === 0 ? crash : undefined,
      isSlow: purchases.some((one) => one.process === number && one.isSlow),
      disk: () => disk,
      losePower: () => undefined,
      writing: () => undefined,
      said: () => undefined,
      send: (_order, _until, name) => {
        const { amount, answer } = planned.get(name) as Planned;
        const { reply, outcome } = { reply: kindOf(answer).reply(name), outcome: kindOf(answer).outcome };
        if (reply.kind === "unsent") return { reply, answered: () => undefined };
        if (doubt) violation ??= "a request left after one in doubt";
        if (underWay > 0) violation ??= "two requests at once";
        if (outcome === "bought" || outcome === "pending" || outcome === "unknown") spent += amount;
        if (spent > CAP) violation ??= `$${spent} under a cap of $${CAP}`;
        underWay++;
        return {
          reply,
          answered: () => {
            underWay--;
            if (outcome === "unknown") doubt = true;
          },
        };
      },
    });
    processes.set(number, process);
    return process;
  };

  const config = { "vercelCredits:journal": hasJournal ? "/journal" : "off" };
  const chains = purchases.map(({ amount, process }, i) => () => {
    const name = `credits-${i}`;
    const urn = `urn:pulumi:dev::proj::pulumi-nodejs:dynamic/vercel:CreditPurchase::${name}`;
    const program = { name, urn, creditType: "gateway", amount, attempt: 1 };
    const stack: Stack = { program, state: { condemned: [] } };
    return new Engine(stack, processOf(process), { config }, false).update();
  });
  await turns.play(chains, order);
  await turns.play();
  if (violation) throw new Violation(violation);
}

const holds = fc.asyncProperty(updates, play);
const runs = { numRuns: 400, seed: 1 };

beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation(print);
});

afterEach(() => jest.restoreAllMocks());

test("whatever processes an update has, it charges one at a time, within the cap, and nothing after one in doubt", async () => {
  await fc.assert(holds, runs);
});

/** The ledger, broken on purpose. */
const BROKEN: Record<string, () => void> = {
  "no charge waits for another, or counts": () => {
    jest.spyOn(UpdateLedger.prototype, "inTurn").mockImplementation(async (_charge, _judge, send) => ({
      kind: "ended",
      ended: await send(),
    }));
  },
  "each process has a ledger of its own": () => {
    const { inTurn } = UpdateLedger.prototype;
    const own = new Map<UpdateLedger, UpdateLedger>();
    jest.spyOn(UpdateLedger.prototype, "inTurn").mockImplementation(function (this: UpdateLedger, ...asked) {
      const ledger = own.get(this) ?? new UpdateLedger(`own ${own.size} at ${clock.now}, ${worlds}`, 600);
      own.set(this, ledger);
      return inTurn.apply(ledger, asked);
    } as typeof inTurn);
  },
  "nothing counts against the cap": () => {
    const { inTurn } = UpdateLedger.prototype;
    jest.spyOn(UpdateLedger.prototype, "inTurn").mockImplementation(function (
      this: UpdateLedger,
      ...[charge, judge, send]: Parameters<typeof inTurn>
    ) {
      return inTurn.call(this, charge, () => judge(0), send);
    } as typeof inTurn);
  },
  "an unknown outcome stops nothing": () => {
    const { inTurn } = UpdateLedger.prototype;
    jest.spyOn(UpdateLedger.prototype, "inTurn").mockImplementation(function (
      this: UpdateLedger,
      ...[charge, judge, send]: Parameters<typeof inTurn>
    ) {
      return inTurn.call(this, charge, judge, async () => {
        const ended = await send();
        return ended.outcome === "unknown" ? { ...ended, outcome: "pending" as const } : ended;
      });
    } as typeof inTurn);
  },
};

test.each(Object.keys(BROKEN))("it is noticed where %s", async (name) => {
  BROKEN[name]?.();
  const found = await fc.check(holds, { ...runs, endOnFailure: true });
  if (process.env.SHOW) process.stdout.write(`${name}: ${found.numRuns} ${found.errorInstance}\n`);
  expect(found.errorInstance).toBeInstanceOf(Violation);
});
