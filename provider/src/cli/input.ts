import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { printable } from "../domain/messages";

/**
 * A file, or standard input for `-`. That is read as a stream: what comes through a pipe may come late, and a
 * synchronous read fails there with EAGAIN.
 */
export async function readInput(file: string): Promise<string> {
  if (file !== "-") {
    return readFile(file, "utf8").catch((error) => {
      throw new Error(whyUnreadable(file, error));
    });
  }
  if (process.stdin.isTTY) throw new Error("nothing is piped in: name a file, or pipe one in");
  return text(process.stdin);
}

function whyUnreadable(file: string, { code, message }: NodeJS.ErrnoException): string {
  const name = printable(file);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return `there is no file ${name}`;
    case "EISDIR":
      return `${name} is a folder, and not a file`;
    case "EACCES":
    case "EPERM":
      return `${name} may not be read by this user`;
    default:
      return `${name} can't be read: ${message}`;
  }
}

/** How messages call it. */
export function nameOf(file: string): string {
  return file === "-" ? "standard input" : printable(file);
}
