import { randomUUID } from "node:crypto";
import { markerSchema, parse, TORN } from "./records";
import type { JournalStore } from "./store";
import { recordText } from "./writing";

/**
 * Whether a journal is the one in which an order was opened.
 * - `original`: the very one. What is missing from it was never written.
 * - `copy`: a copy of it. What it holds is true; what is missing from it proves nothing.
 * - `other`: another journal.
 */
export type Standing = "original" | "copy" | "other";

/** More copies of copies than anybody makes. */
const MOST_MARKERS = 100;

interface Marker {
  readonly journal: string;
  readonly isHere: boolean;
}

export function markerName(number: number): string {
  return `journal.${number}`;
}

/** Tells a journal from its copies, by the markers that it holds: one for each place it has been used at. */
export class Markers {
  #found: Marker[] = [];
  #current: Promise<string> | undefined;

  constructor(private readonly store: JournalStore) {}

  async standing(journal: string): Promise<Standing> {
    const isKnown = () => this.#found.find((marker) => marker.journal === journal);
    if (!isKnown()) await this.#read();
    const marker = isKnown();
    return marker === undefined ? "other" : marker.isHere ? "original" : "copy";
  }

  /** The journal that this place is, marked as such where it isn't yet: orders are opened under it. */
  current(): Promise<string> {
    this.#current ??= this.#findOrMark().catch((error) => {
      this.#current = undefined;
      throw error;
    });
    return this.#current;
  }

  async #findOrMark(): Promise<string> {
    for (;;) {
      await this.#read();
      const here = this.#found.find(({ isHere }) => isHere);
      if (here) return here.journal;
      const number = this.#found.length + 1;
      if (number > MOST_MARKERS) throw new Error("it holds too many markers of other places");
      const journal = `journal_${randomUUID()}`;
      await this.store.mark(markerName(number), (place) => recordText({ journal, place }));
    }
  }

  async #read(): Promise<void> {
    const found: Marker[] = [];
    for (let number = 1; number <= MOST_MARKERS; number++) {
      const name = markerName(number);
      const marker = parse(markerSchema, await this.store.read(name));
      if (marker === undefined) break;
      // One that can't be read is no place that anybody can be sure of.
      if (marker === TORN) found.push({ journal: "", isHere: false });
      else found.push({ journal: marker.journal, isHere: marker.place === (await this.store.placeOf(name)) });
    }
    this.#found = found;
  }
}
