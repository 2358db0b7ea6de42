import { markerName } from "./marker";
import type { JournalStore } from "./store";

/**
 * A journal as it is now, every record in memory: for people, who ask for all of them and more than once. What is written
 * meanwhile is not in it, and nothing can be written through it.
 */
export async function readWhole(store: JournalStore): Promise<JournalStore> {
  // A list may take long; whether anybody answers shows sooner.
  await store.read(markerName(1));
  const records = await store.readMany(await store.names());
  const places = new Map<string, Promise<string | undefined>>();
  const refuse = async () => {
    throw new Error("it is only read");
  };
  return {
    names: async () => [...records.keys()],
    read: async (name) => records.get(name),
    readMany: async () => records,
    placeOf(name) {
      const place = places.get(name) ?? store.placeOf(name);
      places.set(name, place);
      return place;
    },
    createIfAbsent: refuse,
    mark: refuse,
  };
}
