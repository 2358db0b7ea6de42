/**
 * Where a journal keeps its records: two operations, so that the rules don't depend on the place. A store shared by
 * many machines needs no more than these.
 */
export interface JournalStore {
  /**
   * Writes a record, durably, unless there is one of this name already; records are never changed or removed. False
   * where there is one. Throws where the record could not be written.
   */
  createIfAbsent(name: string, text: string): Promise<boolean>;
  /** A record's text, or undefined where there is none. A record that was cut off while it was written is torn text. */
  read(name: string): Promise<string | undefined>;
}
