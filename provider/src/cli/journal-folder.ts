import { stat } from "node:fs/promises";
import { printable } from "../domain/messages";
import { Settings } from "../settings";

/** The journal's folder: the one that was given, else the provider's own default. */
export async function journalFolder(given: string | undefined): Promise<string> {
  const folder = given ?? new Settings(() => undefined).journalFolder;
  if (folder === undefined) throw new Error("VERCEL_CREDITS_JOURNAL is off; name a folder with --folder");
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) throw new Error(`${printable(folder)} is not a folder`);
  // The default one is made by the first purchase; one that was named is there, or misspelt.
  if (found === undefined && given !== undefined) throw new Error(`there is no folder ${printable(folder)}`);
  return folder;
}
