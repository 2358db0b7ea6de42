import { stat } from "node:fs/promises";
import { printable } from "../domain/messages";
import { type JournaledPurchase, readBooks } from "../journal/books";
import { readWhole } from "../journal/reading";
import type { JournalStore } from "../journal/store";
import { openStore } from "../journal/stores/open";
import { Settings } from "../settings";

/** A journal as the command line names it; where it names none, the one that the environment names, else the default. */
export interface JournalOptions {
  /** `s3://...` and its like, or `backend`. */
  readonly address?: string | undefined;
  readonly folder?: string | undefined;
}

export interface JournalAt {
  readonly store: JournalStore;
  /** Its address for people, without any secret. */
  readonly shown: string;
}

export async function journalAt({ address, folder }: JournalOptions): Promise<JournalAt> {
  const named = address ?? folder;
  const found =
    folder !== undefined && address === undefined
      ? ({ kind: "file", folder, shown: folder } as const)
      : new Settings(() => undefined, { ...process.env, ...(named && { VERCEL_CREDITS_JOURNAL: named }) })
          .journal;
  if (found === undefined)
    throw new Error(
      address === undefined
        ? "VERCEL_CREDITS_JOURNAL is off; name a journal with --address"
        : "off is no journal",
    );
  if (found.kind === "file") await refuseNoFolder(found.folder, named !== undefined);
  return { store: openStore(found), shown: found.shown };
}

export interface BooksAt extends JournalAt {
  readonly books: readonly JournaledPurchase[];
  /** The records that they were read from, in memory. */
  readonly whole: JournalStore;
}

/** All that a journal holds, read once. */
export async function booksAt(options: JournalOptions): Promise<BooksAt> {
  const { store, shown } = await journalAt(options);
  try {
    const whole = await readWhole(store);
    return { store, shown, whole, books: await readBooks(whole) };
  } catch (error) {
    const why = printable((error as Error).message);
    throw new Error(`the journal in ${printable(shown)} can't be read: ${why}`, { cause: error });
  }
}

/** The default one is made by the first purchase; one that was named is there, or misspelt. */
async function refuseNoFolder(folder: string, isNamed: boolean): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) throw new Error(`${printable(folder)} is not a folder`);
  if (found === undefined && isNamed) throw new Error(`there is no folder ${printable(folder)}`);
}
