import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type JournalAddress, parseJournalAddress } from "../../provider/src/domain/journal-address";
import type { JournalStore } from "../../provider/src/journal/store";
import { openStore, placeAt } from "../../provider/src/journal/stores/open";
import { RemoteStore } from "../../provider/src/journal/stores/remote";
import { write } from "../../provider/src/journal/writing";
import type { ServerKind } from "../../tools/servers/found.mts";
import { whatIsMissing } from "../../tools/servers/found.mts";
import { type Fault, FaultyProxy } from "../servers/faulty-proxy.mts";
import type { RealServer } from "../servers/server.mts";
import { startServer } from "../servers/start.mts";
import { testWith } from "../servers/test-with.mts";
import { booksAreReadAt } from "./books";
import { ROOT } from "./project.mts";

/** Where a journal may be, for one test. */
export interface Where {
  readonly address: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Ceph takes a dozen seconds. */
const START_MS = 120_000;
const WRITERS = 8;
const ROUNDS = 20;

let serial = 0;
/** A name that no test has used: letters and digits. */
const freshName = () => `j${process.pid}n${++serial}`;

const before = { ...process.env };
/** The clients look at the environment when they are made. */
function setEnvironment(env: Where["env"]): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** What every place of a journal must do. */
export function keepsRecords(where: (name: string) => Where): void {
  const at = ({ address, env }: Where) => {
    setEnvironment(env);
    return openStore(parseJournalAddress(address, "the test's address"));
  };
  const store = () => at(where(freshName()));

  test("a record is written once, and stays as it was written first", async () => {
    const records = store();

    expect(await records.read("a.1")).toBeUndefined();
    expect(await records.createIfAbsent("a.1", "first", "durable")).toBe(true);
    expect(await records.createIfAbsent("a.1", "second", "durable")).toBe(false);
    expect(await records.createIfAbsent("a.1", "first", "lazy")).toBe(false);
    expect(await records.read("a.1")).toBe("first");
  });

  test("another process, or one that comes later, finds what was written", async () => {
    const place = where(freshName());
    await at(place).createIfAbsent("a.1", "first", "durable");

    expect(await at(place).read("a.1")).toBe("first");
    expect(await at(place).createIfAbsent("a.1", "second", "durable")).toBe(false);
  });

  test("many records are read together, and what isn't there is left out", async () => {
    const records = store();
    const names = Array.from({ length: 40 }, (_, number) => `a.${number}`);
    await Promise.all(names.map((name) => records.createIfAbsent(name, name, "lazy")));

    const found = await records.readMany([...names, "never"]);

    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(names.map((name) => [name, name])));
    expect((await records.readMany([])).size).toBe(0);
  });

  test("what never held a record has none", async () => {
    const records = store();

    expect(await records.names()).toEqual([]);
    expect(await records.read("a.1")).toBeUndefined();
    expect(await records.placeOf("journal.1").then(() => "no error")).toBe("no error");
  });

  test("the names are those of its own records, without what is beside or below it", async () => {
    const name = freshName();
    const [records, beside] = [at(where(name)), at(where(`${name}b`))];
    const names = ["a.1", "intent.0f.12", "order_1.completion", "under_score-and.dots"];
    for (const one of names) await records.createIfAbsent(one, "{}", "durable");
    await beside.createIfAbsent("besides", "{}", "durable");

    const found = (await records.names()).filter((one) => !one.startsWith("probe."));
    expect(found.toSorted()).toEqual(names.toSorted());
  });

  test("more names than one page of a list has are all found", async () => {
    const records = store();
    const names = Array.from({ length: 1_050 }, (_, number) => `a.${number}`);
    await Promise.all(names.map((name) => records.createIfAbsent(name, "{}", "lazy")));

    const found = (await records.names()).filter((one) => one.startsWith("a."));
    expect(found.toSorted()).toEqual(names.toSorted());
  });

  test.each([
    ["empty", ""],
    ["of a megabyte", "0123456789abcdef".repeat(65_536)],
    [
      "in many scripts",
      '{"é": "ünïcode", "漢字": "🙂 \u{1F4B3}", "right to left": "‏עברית", "\\u0000": "\\ud800"}\r\n\t',
    ],
  ])("text that is %s is read as it was written", async (_, text) => {
    const records = store();

    expect(await records.createIfAbsent("a.1", text, "durable")).toBe(true);
    expect(await records.read("a.1")).toBe(text);
  });

  test("a marker is written once, and tells its place from one that its records were copied to", async () => {
    const [records, copy] = [store(), store()];
    let place = "";
    const mark = () =>
      records.mark("journal.1", (its) => {
        place = its;
        return `{"place": ${JSON.stringify(its)}}`;
      });

    expect(await mark()).toBe(true);
    expect(await records.placeOf("journal.1")).toBe(place);
    const text = (await records.read("journal.1")) ?? "";
    expect(text).toContain(JSON.stringify(place));
    expect(await mark()).toBe(false);
    await copy.createIfAbsent("journal.1", text, "durable");
    expect(await copy.placeOf("journal.1")).not.toBe(place);
  });

  test(`${WRITERS} processes write one name at once, ${ROUNDS} times: one wins, and all others read what it wrote`, async () => {
    const place = where(freshName());
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => writer(place)));
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const ends = await Promise.all(writers.map((one) => asked(one, { write: `race.${round}` })));
        const winners = ends.filter(({ isOurs }) => isOurs);
        expect(ends.flatMap(({ error }) => error ?? [])).toEqual([]);
        expect(winners).toHaveLength(1);
        expect(new Set(ends.map(({ text }) => text))).toEqual(new Set([winners[0]?.text]));
        expect(winners[0]?.text).toContain(`"writer": ${winners[0]?.pid},`);
      }
    } finally {
      for (const one of writers) one.kill("SIGKILL");
    }
  });
}

interface Ended {
  readonly pid: number | undefined;
  readonly isOurs?: boolean;
  readonly text?: string;
  readonly error?: string;
}

async function writer({ address, env }: Where): Promise<ChildProcess> {
  const merged = { ...process.env, ...env };
  const script = join(ROOT, "tests/servers/store-process.cjs");
  const process_ = fork(script, [address], { env: merged, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await once(process_, "message");
  return process_;
}

async function asked(one: ChildProcess, what: { write: string }): Promise<Ended> {
  const answer = once(one, "message", { signal: AbortSignal.timeout(60_000) });
  one.send(what);
  return { pid: one.pid, ...(await answer)[0] };
}

/** How long a request through the proxy may take; the suite is to end today. */
const TIMES = { request: 700, operation: 2_000, list: 2_000, pause: 50, repeat: 50 };
const BOUND_MS = 2 * TIMES.operation + 2_000;

const BUSY: Fault = {
  kind: "answered",
  status: "503 Slow Down",
  body: "<Error><Code>SlowDown</Code></Error>",
};
const CONFLICT: Fault = {
  kind: "answered",
  status: "409 Conflict",
  headers: "content-type: application/xml\r\n",
  body: "<Error><Code>ConditionalRequestConflict</Code><Message>try again</Message></Error>",
};
const NOT_FOUND: Record<Exclude<ServerKind, "postgres">, Fault> = {
  s3: {
    kind: "answered",
    status: "404 Not Found",
    headers: "content-type: application/xml\r\n",
    body: "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>",
  },
  gs: { kind: "answered", status: "404 Not Found", body: "No such object: journals/a.1.json" },
  azblob: { kind: "answered", status: "404 Not Found", headers: "x-ms-error-code: BlobNotFound\r\n" },
};

/** What a remote place must do, too, where a real server answers it. */
export function keepsItsWordWith(kind: ServerKind): void {
  const missing = whatIsMissing(kind);
  if (missing !== undefined) {
    testWith(kind)(`a real server for ${kind} is here (${missing})`, () => {
      throw new Error(missing);
    });
    return;
  }

  let server: RealServer;
  let proxy: FaultyProxy;
  let port: number;

  beforeAll(async () => {
    server = await startServer(kind);
  }, START_MS);
  afterAll(async () => {
    await server?.stop();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  beforeEach(async () => {
    proxy = new FaultyProxy(server.port);
    port = await proxy.start();
  });
  afterEach(() => proxy.stop());

  const where = (name: string, at?: number) => ({ address: server.address(name, at), env: server.env(at) });
  keepsRecords(where);
  booksAreReadAt((name) => {
    const place = where(name);
    setEnvironment(place.env);
    return place;
  });

  /** Through the proxy, with a place that is known already: the next request is the one that the test is about. */
  async function known(): Promise<{ through: JournalStore; direct: JournalStore }> {
    const name = freshName();
    const open = (at: number): JournalStore => {
      const { address, env } = where(name, at);
      const parsed = parseJournalAddress(address, "the test's address");
      return new RemoteStore(() => {
        setEnvironment(env);
        return placeAt(parsed as Exclude<JournalAddress, { kind: "file" }>);
      }, TIMES);
    };
    const [through, direct] = [open(port), open(server.port)];
    await direct.createIfAbsent("earlier", "{}", "durable");
    await through.createIfAbsent("warm", "{}", "durable");
    return { through, direct };
  }

  const bounded = async <T>(work: Promise<T>): Promise<T> => {
    const started = Date.now();
    try {
      return await work;
    } finally {
      expect(Date.now() - started).toBeLessThan(BOUND_MS);
    }
  };

  describe("through a network that fails", () => {
    test("a write whose answer was lost is known as ours, and another's as another's", async () => {
      const { through, direct } = await known();
      proxy.failWith({ kind: "answer lost" }, 1);
      expect(await write(through, "a.1", { mine: true }, "durable")).toBe(true);
      expect(await direct.read("a.1")).toContain("mine");

      await direct.createIfAbsent("a.2", "another's", "durable");
      proxy.failWith({ kind: "answer lost" }, 1);
      expect(await write(through, "a.2", { mine: true }, "durable")).toBe(false);
      expect(await through.read("a.2")).toBe("another's");
    });

    test("a write that was cut off is repeated", async () => {
      const { through, direct } = await known();
      proxy.failWith({ kind: "cut" }, 2);

      expect(await through.createIfAbsent("a.1", "text", "durable")).toBe(true);
      expect(await direct.read("a.1")).toBe("text");
    });

    const FOR_GOOD: Fault[] = [{ kind: "answer lost" }, { kind: "cut" }, { kind: "silent" }];
    const all = kind === "postgres" ? FOR_GOOD : [...FOR_GOOD, BUSY, CONFLICT];
    test.each(all.map((fault) => [fault.kind === "answered" ? fault.status : fault.kind, fault] as const))(
      "where it is for good (%s), nothing is said to be there, or absent, or another's",
      async (_, fault) => {
        const { through, direct } = await known();
        proxy.failWith(fault);

        await expect(bounded(through.createIfAbsent("a.1", "text", "durable"))).rejects.toThrow(/\w/);
        await sleep(TIMES.pause);
        const reads = [through.read("earlier"), through.read("absent"), through.names()];
        await Promise.all(reads.map((one) => expect(bounded<unknown>(one)).rejects.toThrow(/\w/)));

        proxy.heal();
        await sleep(TIMES.pause);
        const wasDelivered = ["answer lost", "silent"].includes(fault.kind);
        expect(await direct.read("a.1")).toBe(wasDelivered ? "text" : undefined);
        // A connection that is being made is given up by the client's own time-out alone.
        const until = Date.now() + 12_000;
        const again = (): Promise<string | undefined> =>
          through.read("earlier").catch((error) => (Date.now() < until ? again() : Promise.reject(error)));
        expect(await again()).toBe("{}");
      },
      60_000,
    );

    test("nobody listens: an error in one line that says so", async () => {
      const { through } = await known();
      await proxy.stop();

      const failure = await bounded(through.createIfAbsent("a.1", "text", "durable")).catch((error) => error);
      expect(failure.message).toMatch(/ECONNREFUSED|ECONNRESET|closed|terminated/i);
      expect(failure.message).not.toContain("\n");
      await proxy.start();
    });

    test("a request whose time is over doesn't go on", async () => {
      const { through } = await known();
      proxy.failWith({ kind: "silent" });
      await expect(through.read("earlier")).rejects.toThrow("no answer within 2 seconds");

      // Google's client knows no signal: there its own time-out, which is a request's, ends it.
      const until = Date.now() + 12_000;
      while (proxy.connections > 0 && Date.now() < until) await sleep(20);
      expect(proxy.connections).toBe(0);
    });

    if (kind === "postgres") return;

    test.each([BUSY, CONFLICT])("an answer that says to try again ($status) is followed", async (fault) => {
      const { through, direct } = await known();
      proxy.failWith(fault, 1);
      expect(await through.createIfAbsent("a.1", "text", "durable")).toBe(true);
      proxy.failWith(fault, 1);
      expect(await through.read("a.1")).toBe("text");
      expect(await direct.read("a.1")).toBe("text");
    });

    test("a record that is there, and then is not found, is torn and not absent", async () => {
      const { through, direct } = await known();
      await direct.createIfAbsent("a.1", "another's", "durable");
      expect(await through.createIfAbsent("a.1", "text", "durable")).toBe(false);

      proxy.failWith(NOT_FOUND[kind]);
      expect(await through.read("a.1")).toBe("");
      expect(await through.read("never")).toBeUndefined();
    });

    test("a page of a proxy's that says 404 is no answer about a record", async () => {
      const { through } = await known();
      proxy.failWith({ kind: "answered", status: "404 Not Found", body: "<html>who are you?</html>" });

      await expect(through.read("a.1")).rejects.toThrow(/\w/);
    });
  });

  test("what is wrong with the credentials or the address is told in one line, without a secret", async () => {
    for (const { what, address, env, says } of server.wrong()) {
      const process_ = await writer({ address, env: { ...server.env(), ...env } });
      try {
        const { error } = await asked(process_, { write: "a.1" });
        expect([what, error]).toEqual([what, expect.stringMatching(says)]);
        expect(error).not.toMatch(/\n|owners-password|owner-key|eA(==|%3D)/);
      } finally {
        process_.kill("SIGKILL");
      }
    }
  }, 60_000);
}
