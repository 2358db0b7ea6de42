import type { Durability } from "../../provider/src/journal/store";

let places = 0;

interface Kept {
  readonly text: string;
  readonly isDurable: boolean;
}

/** The records of a disk at one moment. */
export type DiskImage = ReadonlyMap<string, Kept>;

/** A journal's folder on a disk: it outlives all processes. */
export class Disk {
  /** What tells it from its copies. */
  readonly place = `place ${++places}`;
  #records: Map<string, Kept>;

  constructor(image: DiskImage = new Map()) {
    this.#records = new Map(image);
  }

  createIfAbsent(name: string, text: string, durability: Durability): boolean {
    if (this.#records.has(name)) return false;
    this.#records.set(name, { text, isDurable: durability === "durable" });
    return true;
  }

  read(name: string): string | undefined {
    return this.#records.get(name)?.text;
  }

  has(name: string): boolean {
    return this.#records.has(name);
  }

  get size(): number {
    return this.#records.size;
  }

  entries(): [string, string][] {
    return [...this.#records].map(([name, { text }]) => [name, text]);
  }

  image(): DiskImage {
    return new Map(this.#records);
  }

  /** It is what it was at an earlier moment, at the same place: a snapshot of a virtual machine. */
  setBack(image: DiskImage): void {
    this.#records = new Map(image);
  }

  /** The machine lost its power: what was not flushed is gone. */
  losePower(): void {
    for (const [name, { isDurable }] of this.#records) if (!isDurable) this.#records.delete(name);
  }

  /** All that is here is on the disk by now. */
  flush(): void {
    for (const [name, { text }] of this.#records) this.#records.set(name, { text, isDurable: true });
  }
}
