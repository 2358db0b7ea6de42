/**
 * What the journal needs of a remote place, and all that a file of this folder adds for one: each by the vendor's own
 * client, which finds its credentials itself. Nothing overwrites, nothing deletes.
 *
 * `RemoteStore` does the rest, the same for all: it bounds the time, repeats, settles lost answers, and finds out a place
 * that doesn't keep its word. So a place repeats nothing by itself, where its client lets it be told so.
 *
 * Errors: `PlaceError` where repeating is no use (not allowed, no such bucket, expired credentials), in a sentence that a
 * person understands. Any other error may be gone in a moment, and leaves open whether the record was written.
 */
export interface RemotePlace {
  /** Writes a record unless there is one of this name already, in one step of the place's own; false where there is one. */
  create(name: string, text: string, signal: AbortSignal): Promise<boolean>;
  /** A record's text, or undefined where there is none: only by an answer that says so. */
  read(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** The names of all records. For people; no rule depends on it. */
  names(signal: AbortSignal): Promise<string[]>;
  /** The texts of these records, where one request can read several. */
  readMany?(names: readonly string[], signal: AbortSignal): Promise<readonly (readonly [string, string])[]>;
  /** As `JournalStore.mark`. */
  mark(name: string, textFor: (place: string) => string, signal: AbortSignal): Promise<boolean>;
  /** As `JournalStore.placeOf`, for a marker that was just read. */
  placeOf(name: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Repeating is no use: what a person has to mend. Never holds a secret. */
export class PlaceError extends Error {}

/** A bucket's part of a place: where a copy lies is told by its address alone. */
type Bucket = Pick<RemotePlace, "create" | "read" | "names">;

/** @param address What tells this place from any other, whatever it holds. */
export function markedByAddress(address: string, bucket: Bucket): RemotePlace {
  return {
    create: (name, text, signal) => bucket.create(name, text, signal),
    read: (name, signal) => bucket.read(name, signal),
    names: (signal) => bucket.names(signal),
    mark: (name, textFor, signal) => bucket.create(name, textFor(address), signal),
    placeOf: async () => address,
  };
}

/** The key of a record in a bucket. */
export function keyOf(prefix: string, name: string): string {
  return `${folderOf(prefix)}${checkedName(name)}.json`;
}

/** What the keys of all records begin with. */
export function folderOf(prefix: string): string {
  return prefix === "" ? "" : `${prefix}/`;
}

/** The records among the keys of a bucket. */
export function namesIn(keys: Iterable<string | undefined>, prefix: string): string[] {
  const start = folderOf(prefix).length;
  return [...keys]
    .map((key) => /^([\w-][\w.-]*)\.json$/.exec(key?.slice(start) ?? "")?.[1])
    .filter((name) => name !== undefined);
}

export function checkedName(name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new Error("not the name of a record");
  return name;
}
