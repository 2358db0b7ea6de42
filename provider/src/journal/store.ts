/**
 * Where a journal keeps its records. Few operations, so that the rules don't depend on the place. A record is never
 * changed or removed.
 */
export interface JournalStore {
  /**
   * Writes a record unless there is one of this name already; false where there is one. Throws where the record could
   * not be written.
   *
   * @param durability `durable`: it is on the disk before this returns. `lazy`: it survives the process, and may be lost
   *   with the machine's power. Which one a record needs follows from what its loss would do.
   */
  createIfAbsent(name: string, text: string, durability: Durability): Promise<boolean>;
  /** A record's text, or undefined where there is none. A record that was cut off while it was written is torn text. */
  read(name: string): Promise<string | undefined>;
  /**
   * Writes the record that marks this place, with what tells it from a copy of it; false where there is one of that name.
   */
  mark(name: string, textFor: (place: string) => string): Promise<boolean>;
  /** What tells this place, with the marker of that name in it, from a copy. Undefined where there is no such marker. */
  placeOf(name: string): Promise<string | undefined>;
  /** The names of all records. For reading by people; no rule depends on it. */
  names(): Promise<string[]>;
  /** The texts of these records, by name, read together. One that isn't there is left out. */
  readMany(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export type Durability = "durable" | "lazy";
