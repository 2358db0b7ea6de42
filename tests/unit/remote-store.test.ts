import type { RemotePlace } from "../../provider/src/journal/stores/place";
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
