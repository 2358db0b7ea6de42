import type { Disk } from "./disk";

export interface ClaimInDisk {
  readonly order?: string | undefined;
  readonly closed?: string | undefined;
  readonly pid: number;
  readonly until?: string | undefined;
}

/** The claims of the purchase that an order has one on, oldest first. */
export function claimsBeside(disk: Disk, orderId: string): ClaimInDisk[] {
  const all = disk.entries().filter(([name, text]) => name.startsWith("intent.") && isWhole(text));
  const own = all.find(([, text]) => text.includes(orderId))?.[0];
  if (own === undefined) return [];
  const prefix = own.replace(/\d+$/, "");
  return all
    .filter(([name]) => name.startsWith(prefix))
    .sort(([a], [b]) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    .map(([, text]) => JSON.parse(text))
    .map(({ order, closed, process, until }) => ({ order, closed, pid: process.pid, until }));
}

export function claimTextOf(disk: Disk, orderId: string): string {
  return (
    disk
      .entries()
      .find(([name, text]) => name.startsWith("intent.") && text.includes(`"closed": "${orderId}"`))?.[1] ??
    ""
  );
}

export function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
