import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Turn, UpdateLedger } from "../../provider/src/charge/update-ledger";

let updates: string;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  updates = mkdtempSync(join(tmpdir(), "vercel-credits-updates-"));
  folder = join(updates, "0123456789abcdef0123456789abcdef");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(updates, { recursive: true, force: true });
});

type Outcome = "bought" | "refused" | "unknown";
interface Told {
  readonly name: string;
  readonly charges?: number;
  readonly amount?: number;
  readonly cap?: number;
  readonly outcome?: Outcome;
  readonly holds?: boolean;
  readonly withoutHardLinks?: boolean;
}
type Said =
  | { kind: "asks" | "waits" | "in turn" | "two turns at once" }
  | { kind: "done"; turns: Turn<unknown, string>[] };

/** A provider process of the update, as far as the ledger goes. */
class Charging {
  readonly said: Said[] = [];
  #hear = () => {};

  private constructor(readonly child: ChildProcess) {
    children.push(child);
    child.on("message", (message: Said) => {
      this.said.push(message);
      this.#hear();
    });
    child.on("exit", () => this.#hear());
  }

  static start(told: Told): Charging {
    const charging = new Charging(fork(join(__dirname, "../support/update-ledger-process.cjs")));
    charging.child.send({ folder, charges: 1, amount: 100, cap: 1000, outcome: "bought", ...told });
    return charging;
  }

  async until(...kinds: Said["kind"][]): Promise<Said> {
    for (;;) {
      const found = this.said.find(({ kind }) => kinds.includes(kind));
      if (found) return found;
      if (this.child.exitCode !== null)
        throw new Error(`ended with ${this.child.exitCode}, and never "${kinds.join(" or ")}"`);
      await new Promise<void>((heard) => {
        this.#hear = heard;
      });
    }
  }

  async turns(): Promise<Turn<unknown, string>[]> {
    const done = await this.until("done");
    expect(this.said).not.toContainEqual({ kind: "two turns at once" });
    return done.kind === "done" ? done.turns : [];
  }

  async kill(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }

  get kinds(): Promise<string[]> {
    return this.turns().then((turns) => turns.map(({ kind }) => kind));
  }
}

/** What was charged, in turn. */
function charged(): string[] {
  return existsSync(`${folder}.log`) ? readFileSync(`${folder}.log`, "utf8").trim().split("\n") : [];
}

const own = (longestTurnSeconds = 60) => new UpdateLedger(folder, longestTurnSeconds);
const planned = (purchase: string, amount = 100) => ({ purchase, order: `order_${purchase}`, amount });
const bought = async () => ({ outcome: "bought", counts: true }) as const;
const never = () => {
  throw new Error("this was sent");
};

test("a charge that another one was a moment quicker than waits for that, and is judged again", async () => {
  const asked: number[] = [];
  const judge = (spent: number) => {
    // Between the look that found no other and the record of this one.
    if (asked.push(spent) === 1) void own().inTurn(planned("quicker", 900), () => undefined, bought);
    return spent > 0 ? "over" : undefined;
  };

  const turn = await own().inTurn(planned("late", 200), judge, never);

  expect(turn).toEqual({ kind: "objection", objection: "over" });
  expect(asked).toEqual([0, 900]);
});

describe.each([
  ["with hard links", false],
  ["without hard links", true],
])("many processes of one update, in a folder %s", (_what, withoutHardLinks) => {
  test("charge one at a time, and in all never more than the cap", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const processes = names.map((name) => Charging.start({ name, charges: 5, withoutHardLinks }));

    const kinds = (await Promise.all(processes.map(({ kinds }) => kinds))).flat();

    expect(charged()).toHaveLength(10);
    expect(kinds.filter((kind) => kind === "ended")).toHaveLength(10);
    expect(kinds.filter((kind) => kind === "objection")).toHaveLength(30);
  });

  test("wait while one of them has its turn", async () => {
    const holder = Charging.start({ name: "holder", holds: true, withoutHardLinks });
    await holder.until("in turn");
    const other = Charging.start({ name: "other", withoutHardLinks });

    expect(await other.until("waits", "in turn", "done")).toEqual({ kind: "waits" });

    holder.child.send({});
    await Promise.all([holder, other].map((one) => one.turns()));
    expect(charged()).toEqual(["holder 100", "other 100"]);
  });

  test("all get their turn where what was charged doesn't count", async () => {
    const names = ["a", "b", "c", "d"];
    const told = { charges: 25, amount: 900, outcome: "refused", withoutHardLinks } as const;
    const processes = names.map((name) => Charging.start({ name, ...told }));

    await Promise.all(processes.map((one) => one.turns()));

    expect(charged().sort()).toEqual(names.flatMap((name) => Array(25).fill(`${name} 900`)));
  });

  test("stop for good after one unknown outcome, whichever process had it", async () => {
    const steady = ["a", "b", "c"].map((name) =>
      Charging.start({ name, charges: 20, outcome: "refused", withoutHardLinks }),
    );
    const unlucky = Charging.start({ name: "unlucky", charges: 20, outcome: "unknown", withoutHardLinks });

    const turns = (await Promise.all([...steady, unlucky].map((one) => one.turns()))).flat();

    expect(charged().filter((line) => line === "unlucky 100")).toHaveLength(1);
    expect(charged().at(-1)).toBe("unlucky 100");
    const stopped = turns.filter(({ kind }) => kind === "inDoubt");
    expect(stopped).toHaveLength(80 - charged().length);
    for (const one of stopped) expect(one).toEqual({ kind: "inDoubt", purchase: "unlucky" });
  });

  test("stop for good where one is killed in its turn, also those that were waiting", async () => {
    const holder = Charging.start({ name: "holder", holds: true, withoutHardLinks });
    await holder.until("in turn");
    const waiting = ["a", "b"].map((name) => Charging.start({ name, charges: 3, withoutHardLinks }));
    await Promise.all(waiting.map((one) => one.until("asks")));

    await holder.kill();
    const late = Charging.start({ name: "late", withoutHardLinks });

    for (const one of [...waiting, late]) {
      for (const turn of await one.turns()) expect(turn).toEqual({ kind: "inDoubt", purchase: "holder" });
    }
    expect(charged()).toEqual(["holder 100"]);
  });
});

test("a process that ended in order stops nobody", async () => {
  const first = Charging.start({ name: "first" });
  await first.turns();
  await first.kill();

  expect(await own().inTurn(planned("second"), (spent) => spent, never)).toEqual({
    kind: "objection",
    objection: 100,
  });
});

test("a process that comes later knows what one with its own memory has spent", async () => {
  const ledger = own();
  for (const name of ["a", "b", "c"]) await ledger.inTurn(planned(name, 300), () => undefined, bought);

  const later = Charging.start({ name: "later", amount: 101 });

  expect(await later.turns()).toEqual([{ kind: "objection", objection: "over after 900" }]);
  const back = await ledger.inTurn(planned("d"), (spent) => `after ${spent}`, never);
  expect(back).toEqual({ kind: "objection", objection: "after 900" });
});

test("a process that is slower than any charge can be stops the others only until it has ended", async () => {
  const slow = Charging.start({ name: "slow", holds: true });
  await slow.until("in turn");
  const ledger = own(0.1);

  for (const name of ["a", "b"]) {
    const turn = await ledger.inTurn(planned(name), () => undefined, never);
    expect(turn).toEqual({ kind: "inDoubt", purchase: "slow" });
  }
  slow.child.send("end");
  await slow.turns();

  expect(await ledger.inTurn(planned("c"), (spent) => `after ${spent}`, never)).toEqual({
    kind: "objection",
    objection: "after 100",
  });
});

test("charges of one process go one at a time, in the order they were asked for", async () => {
  const ledger = own();
  const seen: string[] = [];
  const names = ["a", "b", "c", "d"];

  await Promise.all(
    names.map((name) =>
      ledger.inTurn(
        planned(name),
        (spent) => void seen.push(`${name} after ${spent}`),
        async () => {
          await new Promise(setImmediate);
          return bought();
        },
      ),
    ),
  );

  expect(seen).toEqual(["a after 0", "b after 100", "c after 200", "d after 300"]);
});

test.each([
  ["while it sends", async () => Promise.reject(new Error("a fault"))],
  [
    "before it waits for anything",
    () => {
      throw new Error("a fault");
    },
  ],
])("a charge that fails %s may have been made: it counts, and stops the rest", async (_when, send) => {
  const ledger = own();

  await expect(ledger.inTurn(planned("broken"), () => undefined, send)).rejects.toThrow("a fault");

  for (const one of [ledger, own()]) {
    const turn = await one.inTurn(planned("next"), () => undefined, never);
    expect(turn).toEqual({ kind: "inDoubt", purchase: "broken" });
  }
});

test("nothing is sent where the folder can't be written", async () => {
  writeFileSync(join(updates, "file"), "");
  const ledger = new UpdateLedger(join(updates, "file", "folder"), 60);

  await expect(ledger.inTurn(planned("a"), () => undefined, never)).rejects.toThrow("ENOTDIR");
});

test("nothing is sent where the folder was removed in the middle of the update", async () => {
  const ledger = own();
  await ledger.inTurn(planned("a"), () => undefined, bought);
  rmSync(folder, { recursive: true });

  await expect(ledger.inTurn(planned("b"), () => undefined, never)).rejects.toThrow("ENOENT");
});

test("an end that can't be written loses no outcome, and stops the other processes", async () => {
  const ledger = own();
  const turn = await ledger.inTurn(
    planned("a"),
    () => undefined,
    async () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "");
      return bought();
    },
  );

  expect(turn).toEqual({ kind: "ended", ended: { outcome: "bought", counts: true } });
  for (const one of [ledger, own()]) {
    await expect(one.inTurn(planned("b"), () => undefined, never)).rejects.toThrow("ENOTDIR");
  }
});

const WHOLE = '{"purchase":"a","order":"o","amount":1,"time":"","process":{"pid":1,"host":"h"}}\n';

test.each<[string, string, string | undefined]>([
  ["empty", "", undefined],
  ["cut", WHOLE.slice(0, 40), undefined],
  ["without the end of its line", WHOLE.slice(0, -1), undefined],
  ["something else", '{"purchase":"a"}\n', undefined],
  ["whole, with an end that is cut", `${WHOLE}{"outcome":"bought","cou`, "a"],
  ["whole, with an end without the end of its line", `${WHOLE}{"outcome":"bought","counts":true}`, "a"],
  ["whole, with an outcome that isn't one", `${WHOLE}{"outcome":"succeeded","counts":true}\n`, "a"],
])(
  "a record that is %s is in doubt after the longest that a charge can take",
  async (_what, text, purchase) => {
    mkdirSync(folder);
    writeFileSync(join(folder, "charge.1.json"), text);

    const turn = await own(0.1).inTurn(planned("b"), () => undefined, never);

    expect(turn).toEqual({ kind: "inDoubt", purchase });
  },
);

test("the records are their owner's alone, and nothing else is left in the folder", async () => {
  await own().inTurn(planned("a"), () => undefined, bought);

  expect(readdirSync(folder).sort()).toEqual(["charge.1.json"]);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  expect(lstatSync(join(folder, "charge.1.json")).mode & 0o777).toBe(0o600);
});

test("the first charge of an update removes the folders of updates that are a day old, and nothing else", async () => {
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  const old = "f".repeat(32);
  const recent = "e".repeat(32);
  for (const name of [old, recent, "something of mine"]) {
    mkdirSync(join(updates, name));
    writeFileSync(join(updates, name, "charge.1.json"), "{}");
    if (name !== recent) utimesSync(join(updates, name), twoDaysAgo, twoDaysAgo);
  }

  await own().inTurn(planned("a"), () => undefined, bought);

  expect(existsSync(join(updates, old))).toBe(false);
  expect(existsSync(join(updates, recent))).toBe(true);
  expect(existsSync(join(updates, "something of mine"))).toBe(true);
});
