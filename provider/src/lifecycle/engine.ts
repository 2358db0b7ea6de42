import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { thisProcess } from "../domain/process-identity";

/** The engine's own address, which it gives to every provider process that it starts. */
const ADDRESS = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/.exec(process.argv[2] ?? "");

const LISTENS = "0A";
const LOOPBACK = /^(0100007F|7F000001):/; // 127.0.0.1, in the machine's byte order

// Taken at the start, while the engine is certain to be there.
const ENGINE_KEY = engineKeyOf(ADDRESS?.[0]);

/**
 * The key of the engine that started this process: the same in every provider process of one update, and another one
 * for every other update, also where it is given the same port.
 */
export function engineKey(): string {
  return ENGINE_KEY;
}

/**
 * Every engine listens at `address` with a socket of its own, and Linux gives no two sockets of one boot the same
 * number. It is asked for rather than the processes above this one, since a `node` on the path can be a wrapper that
 * runs the real one as its child. Where there is no such number the key is the address alone, so that a later engine
 * with the same port has the same key.
 */
export function engineKeyOf(address: string | undefined): string {
  // Started by something else than an engine: nothing is known that it shares with other processes.
  const engine =
    address === undefined ? thisProcess : [address, thisProcess.bootId, listeningSocket(address)];
  return createHash("sha256").update(JSON.stringify(engine)).digest("hex").slice(0, 32);
}

/** The inode of the socket that listens at an address such as 127.0.0.1:36357, which is how engines give theirs. */
function listeningSocket(address: string): string | undefined {
  const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(address)?.[1]);
  for (const socket of socketTable()) {
    const [, local = "", , state, , , , , , inode] = socket.trim().split(/\s+/);
    if (state === LISTENS && LOOPBACK.test(local) && Number.parseInt(local.slice(9), 16) === port)
      return inode;
  }
  return undefined;
}

function socketTable(): string[] {
  try {
    return readFileSync("/proc/net/tcp", "utf8").split("\n");
  } catch {
    return []; // not Linux, or not shown
  }
}

const LONGEST_CONNECT_MS = 5_000;

/** True where the `pulumi` that started this process has ended: nothing listens at its address any more. */
export function engineIsGone(): Promise<boolean> {
  if (ADDRESS === null) return Promise.resolve(false); // started by something else than an engine
  const [, host = "", port] = ADDRESS;
  return new Promise((resolve) => {
    const socket = net.connect({ host: host.replace(/[[\]]/g, ""), port: Number(port) });
    const end = (gone: boolean) => {
      socket.destroy();
      resolve(gone);
    };
    socket.setTimeout(LONGEST_CONNECT_MS, () => end(false));
    socket.once("connect", () => end(false));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED"));
  });
}

const LOOKS_EVERY_MS = 1_000;

/** Ends this process once its engine is gone and what it was doing has ended. Pulumi itself would leave it running. */
export function endWithEngine(idle: () => Promise<unknown>): void {
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    if (await engineIsGone()) {
      await idle();
      process.exit(0);
    }
    looking = false;
  };
  setInterval(look, LOOKS_EVERY_MS).unref();
}
