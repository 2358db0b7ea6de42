import { readFileSync } from "node:fs";

// What Linux shows of other processes. Elsewhere, and of one that has ended, nothing is known.

/** The command and its arguments; empty where that isn't known. */
export function commandLineOf(pid: number | "self"): string[] {
  return partsOf(`/proc/${pid}/cmdline`);
}

/** Undefined where that isn't known, or there is no such variable. */
export function environmentOf(pid: number, name: string): string | undefined {
  return partsOf(`/proc/${pid}/environ`)
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

export function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.parent;
  return parent === undefined ? undefined : Number(parent);
}

/** From `/proc/<pid>/stat`: "pid (command) state ...", where the command may hold spaces and parentheses. */
export function statOf(
  pid: number,
): { readonly [field in "state" | "parent" | "startedAt"]: string | undefined } | undefined {
  const [text = ""] = partsOf(`/proc/${pid}/stat`);
  if (text === "") return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from the third on
  return { state: fields[0], parent: fields[1], startedAt: fields[22 - 3] };
}

function partsOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\0");
  } catch {
    return [];
  }
}
