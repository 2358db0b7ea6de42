import net from "node:net";

/** The engine's own address, which it gives to every provider process that it starts. */
const ADDRESS = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/.exec(process.argv[2] ?? "");

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
