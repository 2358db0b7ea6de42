import fc from "fast-check";
import { PlaceError, type RemotePlace } from "../../provider/src/journal/stores/place";
import { RemoteStore } from "../../provider/src/journal/stores/remote";

const TIMES = { request: 100, operation: 400, list: 400, pause: 60_000, repeat: 1 };

/** A place that keeps its word, in memory, but for what a test changes. */
function place(changes: Partial<RemotePlace> = {}, times = TIMES) {
  const records = new Map<string, string>();
  const asked: string[] = [];
  const kept: RemotePlace = {
    create: async (name, text) => {
      if (records.has(name)) return false;
      records.set(name, text);
      return true;
    },
    read: async (name) => records.get(name),
    names: async () => [...records.keys()],
    mark: async (name, textFor, signal) => kept.create(name, textFor("here"), signal),
    placeOf: async () => "here",
  };
  const counted = (what: keyof RemotePlace) => async (name: string, text: never, signal: never) => {
    asked.push(`${what} ${typeof name === "string" ? name.replace(/^(probe).*/, "$1") : ""}`.trim());
    return (changes[what] ?? kept[what] ?? kept.names)(name as never, text, signal);
  };
  const all = Object.fromEntries(
    Object.keys({ ...kept, ...changes }).map((what) => [what, counted(what as keyof RemotePlace)]),
  );
  let loads = 0;
  const store = new RemoteStore(async () => {
    loads++;
    return all as unknown as RemotePlace;
  }, times);
  return { records, asked, store, kept, loads: () => loads };
}

const busy = () => Promise.reject(Object.assign(new Error("slow down"), { code: "SlowDown" }));
const forEver = () => new Promise<never>(() => {});

describe("one record of a name", () => {
  test("the first stays, and the second writer is told", async () => {
    const { store } = place();

    expect(await store.createIfAbsent("a", "1")).toBe(true);
    expect(await store.createIfAbsent("a", "2")).toBe(false);
    expect(await store.read("a")).toBe("1");
  });

  test("where another has it and it can't be read, it is torn, and not absent", async () => {
    const { store, records } = place({
      create: async (name) => name !== "a",
      read: async (name) => (name.startsWith("probe") ? records.get(name) : undefined),
    });
    const broken = store.createIfAbsent("a", "1").catch((error) => error);
    expect(await broken).toBeInstanceOf(PlaceError); // the probe's record isn't found
    const { store: other, records: held } = place({
      read: async (name) => (name === "a" ? undefined : held.get(name)),
    });
    held.set("a", "another's");
    expect(await other.createIfAbsent("a", "mine")).toBe(false);
    expect(await other.read("a")).toBe("");
    expect(await other.read("b")).toBeUndefined();
  });

  test("a place that asks for the right to overwrite first is understood: what is there tells", async () => {
    const records = new Map<string, string>();
    const { store } = place({
      create: async (name, text) => {
        if (records.has(name)) throw new PlaceError("not allowed");
        records.set(name, text);
        return true;
      },
      read: async (name) => records.get(name),
    });

    expect(await store.createIfAbsent("a", "1")).toBe(true);
    expect(await store.createIfAbsent("a", "2")).toBe(false);
  });

  test("what was read once is never absent later", async () => {
    const { store, records } = place();
    records.set("a", "1");
    expect(await store.read("a")).toBe("1");
    records.delete("a");

    expect(await store.read("a")).toBe("");
  });
});

describe("answers that are lost", () => {
  /** Every answer to a write of this name is lost; whether it was delivered is the test's. */
  const lossy = (isDelivered: boolean, times = TIMES) => {
    const made = place(
      {
        create: async (name, text, signal) => {
          if (name !== "a") return made.kept.create(name, text, signal);
          if (isDelivered) await made.kept.create(name, text, signal);
          throw new Error("connection reset");
        },
      },
      times,
    );
    return made;
  };

  test("a record that was written is ours, though nothing ever said so", async () => {
    const { store } = lossy(true);
    expect(await store.createIfAbsent("a", "1")).toBe(true);
  });

  test("one that another wrote meanwhile is another's", async () => {
    const { store, records } = lossy(true);
    records.set("a", "another's");
    expect(await store.createIfAbsent("a", "1")).toBe(false);
  });

  test("where there is none, that isn't said: the request may be under way", async () => {
    const { store } = lossy(false);
    await expect(store.createIfAbsent("a", "1")).rejects.toThrow("connection reset");
  });

  test("whatever answers come and go, what it says of a record is so, or it says nothing", async () => {
    const fate = fc.constantFrom("well", "lost", "cut");
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 8 }), fc.boolean(), async (fates, isTaken) => {
        const left = [...fates];
        const made = place({
          create: async (name, text, signal) => {
            const what = name === "a" ? left.shift() : "well";
            if (what === "cut") throw new Error("cut");
            const answer = await made.kept.create(name, text, signal);
            if (what === "lost") throw new Error("lost");
            return answer;
          },
        });
        if (isTaken) made.records.set("a", "another's");
        const said = await made.store.createIfAbsent("a", "mine").catch(() => undefined);
        if (said === true) expect(made.records.get("a")).toBe("mine");
        // By itself it is false, too, where a repeated write met the first: whoever writes a record knows it by its nonce.
        if (isTaken) expect(said).not.toBe(true);
        if (!isTaken && said === undefined) expect(made.records.has("a")).toBe(false);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe("a place that doesn't answer", () => {
  test("is given up in time, with a line that says so; the operations after it don't wait again", async () => {
    const { store, asked } = place({ read: forEver });
    const started = Date.now();

    await expect(store.read("a")).rejects.toThrow("no answer within 0.4 seconds");
    const count = asked.length;
    await expect(store.read("b")).rejects.toThrow("no answer within 0.4 seconds");
    await expect(store.names()).rejects.toThrow("no answer within 0.4 seconds");

    expect(asked).toHaveLength(count);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test("is asked again when its pause is over", async () => {
    let isDown = true;
    const { store } = place({ read: async () => (isDown ? busy() : "1") }, { ...TIMES, pause: 0 });
    await expect(store.read("a")).rejects.toThrow("slow down (SlowDown)");
    isDown = false;

    expect(await store.read("a")).toBe("1");
  });

  test("many that wait for it fail together, in the time of one", async () => {
    const { store } = place({ read: forEver });
    const started = Date.now();
    const all = await Promise.allSettled(Array.from({ length: 200 }, (_, number) => store.read(`${number}`)));

    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(Date.now() - started).toBeLessThan(4 * TIMES.operation);
  });

  test("a request that is given up is told", async () => {
    const signals: AbortSignal[] = [];
    const { store } = place({
      read: (_, signal) => {
        signals.push(signal);
        return forEver();
      },
    });
    await expect(store.read("a")).rejects.toThrow("no answer");

    expect(signals.length).toBeGreaterThan(1);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test("what an order came to is written also while it counts as down", async () => {
    let isDown = false;
    const { store, records } = place({ read: async (name) => (isDown ? busy() : records.get(name)) });
    await store.createIfAbsent("order.intent", "1");
    isDown = true;
    await expect(store.read("a")).rejects.toThrow("slow down");

    expect(await store.createIfAbsent("order.completion", "1")).toBe(true);
  });

  test("and is tried once then, so that many of them don't each wait for all tries", async () => {
    let isSilent = false;
    const { store, asked, records } = place({
      create: async (name, text) => {
        if (isSilent) return forEver();
        if (records.has(name)) return false;
        records.set(name, text);
        return true;
      },
      read: async (name) => (isSilent ? forEver() : records.get(name)),
    });
    await store.createIfAbsent("a", "1").catch(() => undefined);
    isSilent = true;
    await expect(store.createIfAbsent("b", "1")).rejects.toThrow(/no answer/);
    asked.length = 0;

    await expect(store.createIfAbsent("c", "1")).rejects.toThrow(/no answer/);

    expect(asked).toEqual(["create c"]);
  });

  test("no more than sixteen requests are under way at once, and each has all of its time when its turn comes", async () => {
    let [now, most] = [0, 0];
    const { store } = place({
      read: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
        return "1";
      },
    });
    // Three times as long as one operation may take.
    await Promise.all(Array.from({ length: 1_000 }, (_, number) => store.read(`${number}`)));

    expect(most).toBe(16);
  });
});

describe("what a repeat mends is repeated, and nothing else", () => {
  test("an answer that says to try again", async () => {
    let tries = 0;
    const { store } = place({ read: async () => (++tries < 3 ? busy() : "1") });

    expect(await store.read("a")).toBe("1");
  });

  test("what a person has to mend is said at once, and each time it is asked anew", async () => {
    let isMended = false;
    const { store, asked } = place({
      read: async () => {
        if (!isMended) throw new PlaceError("not allowed");
        return "1";
      },
    });
    await expect(store.read("a")).rejects.toThrow(new PlaceError("not allowed"));
    expect(asked).toEqual(["read a"]);
    isMended = true;
    expect(await store.read("a")).toBe("1");
  });

  test.each([
    [
      Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:1")]), { code: "ECONNREFUSED" }),
      "connect ECONNREFUSED ::1:1",
    ],
    [new Error("<html>\n  <h1>Bad gateway</h1>\n</html>"), "<html> <h1>Bad gateway</h1> </html>"],
    [new Error("\u001b[31mred"), "\\u001b[31mred"],
    [Object.assign(new Error("Not Found"), { code: 404 }), "Not Found (404)"],
  ])("it is told in one line: %p", async (error, line) => {
    const { store } = place({ read: () => Promise.reject(error) });
    expect((await store.read("a").catch((thrown) => thrown)).message).toBe(line);
  });

  test("a client that is missing is asked for again, and says what to install", async () => {
    let isInstalled = false;
    const { kept } = place();
    const store = new RemoteStore(async () => {
      if (!isInstalled) throw new PlaceError("run npm install");
      return kept;
    });
    await expect(store.read("a")).rejects.toThrow("run npm install");
    isInstalled = true;
    expect(await store.read("a")).toBeUndefined();
  });
});

describe("the probe", () => {
  test("is made once, before the first record, however many are written at once; reading needs none", async () => {
    const { store, asked, loads } = place();
    await store.read("z");
    expect(asked).toEqual(["read z"]);
    await Promise.all(["a", "b", "c"].map((name) => store.createIfAbsent(name, "1")));
    await store.mark("journal.1", () => "1");

    expect(asked.slice(1, 5)).toEqual(["read probe", "create probe", "create probe", "read probe"]);
    expect(asked.filter((one) => one.endsWith("probe"))).toHaveLength(4);
    expect(loads()).toBe(1);
  });

  test("one that could not be made is made again; one that was failed stays failed", async () => {
    let isDown = true;
    const { store } = place(
      { names: async () => [], create: async () => (isDown ? busy() : true) },
      { ...TIMES, pause: 0 },
    );
    await expect(store.createIfAbsent("a", "1")).rejects.toThrow("slow down");
    isDown = false;
    const broken = "it let a second record take the name of the first";
    await expect(store.createIfAbsent("a", "1")).rejects.toThrow(broken);
    await expect(store.createIfAbsent("b", "1")).rejects.toThrow(broken);
    await expect(store.mark("journal.1", () => "1")).rejects.toThrow(broken);
  });

  test.each([true, false])(
    "an answer of it that is lost (the first: %p) condemns nobody",
    async (isFirst) => {
      let tries = 0;
      const made = place({
        create: async (name, text, signal) => {
          const answer = await made.kept.create(name, text, signal);
          if (++tries === (isFirst ? 1 : 2)) throw new Error("connection reset");
          return answer;
        },
      });

      expect(await made.store.createIfAbsent("a", "1")).toBe(true);
    },
  );
});

describe("many records", () => {
  const names = Array.from({ length: 1200 }, (_, index) => `record-${index}`);

  test("are read at once, but no more than a place can bear, and what isn't there is left out", async () => {
    let [running, most] = [0, 0];
    const { store } = place({
      read: async (name) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        return name === "record-7" ? undefined : name;
      },
    });

    const found = await store.readMany(names);

    expect(found.size).toBe(1199);
    expect(found.get("record-1199")).toBe("record-1199");
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(16);
  });

  test("are read together where a place can do that, in parts", async () => {
    const parts: number[] = [];
    const { store } = place({
      readMany: async (part) => {
        parts.push(part.length);
        return part.map((name) => [name, name] as const);
      },
    });

    expect((await store.readMany(names)).size).toBe(1200);
    expect(parts).toEqual([500, 500, 200]);
  });

  test("one that can't be read ends them all", async () => {
    let asked = 0;
    const { store } = place({
      read: async () => {
        asked++;
        throw new PlaceError("not allowed");
      },
    });

    await expect(store.readMany(names)).rejects.toThrow("not allowed");
    await new Promise(setImmediate);
    expect(asked).toBeLessThanOrEqual(16);
  });
});
