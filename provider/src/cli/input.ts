import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { printable } from "../domain/messages";

/**
 * A file, or standard input for `-`. That is read as a stream: what comes through a pipe may come late, and a
 * synchronous read fails there with EAGAIN.
 */
export async function readInput(file: string): Promise<string> {
  if (file !== "-") return readFile(file, "utf8");
  if (process.stdin.isTTY) throw new Error("nothing is piped in: name a file, or pipe one in");
  return text(process.stdin);
}

/** How messages call it. */
export function nameOf(file: string): string {
  return file === "-" ? "standard input" : printable(file);
}
