import { PlaceError, type RemotePlace } from "../../provider/src/journal/stores/place";
import { RemoteStore } from "../../provider/src/journal/stores/remote";

/** A place that keeps its word, in memory, but for what a test changes. */
function place(changes: Partial<RemotePlace> = {}) {
  const records = new Map<string, string>();
  const kept: RemotePlace = {
    create: async (name, text) => {
      if (records.has(name)) return false;
      records.set(name, text);
      return true;
    },
    read: async (name) => records.get(name),
    names: async () => [...records.keys()],
    mark: async (name, textFor) => kept.create(name, textFor("here"), AbortSignal.abort()),
    placeOf: async () => "here",
  };
  const all = { ...kept, ...changes };
  return { records, store: new RemoteStore(async () => all), kept };
}

test("the first record of a name stays, and the second writer is told", async () => {
  const { store } = place();

  expect(await store.createIfAbsent("a", "1")).toBe(true);
  expect(await store.createIfAbsent("a", "2")).toBe(false);
  expect(await store.read("a")).toBe("1");
});

test("a write whose answers are lost is ours where our record is there, and another's where another's is", async () => {
  const lost = new PlaceError("the answer was lost");
  const { store, kept } = place({
    create: async (name, text, signal) => {
      if (name.startsWith("probe.")) return kept.create(name, text, signal);
      await kept.create(name, text, signal);
      throw lost;
    },
  });

  expect(await store.createIfAbsent("a", "1")).toBe(true);
  expect(await store.createIfAbsent("a", "2")).toBe(false);
});

test("what was there, and then is not found, is somebody's record that can't be read, and not absent", async () => {
  const { store, records } = place();
  await store.createIfAbsent("a", "1");
  expect(await store.createIfAbsent("a", "2")).toBe(false);

  records.delete("a");

  expect(await store.read("a")).toBe("");
  expect(await store.read("b")).toBeUndefined();
});

test.each<[string, Partial<RemotePlace>, string]>([
  ["lets the second writer win", { create: async () => true }, "it ignores the condition"],
  ["refuses the first", { create: async () => false }, "it inverts the condition"],
  ["doesn't show what was written", { read: async () => undefined }, "it answers from a cache"],
])("a place that %s is found out before its first record, by what it did", async (_what, changes, says) => {
  const { store, records } = place(changes);

  await expect(store.createIfAbsent("a", "1")).rejects.toThrow(says);
  expect(records.has("a")).toBe(false);
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
