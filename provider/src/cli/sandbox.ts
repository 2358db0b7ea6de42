import { once } from "node:events";
import { FAULTS, type Fault } from "../sandbox/faults";
import { type Sandbox, startSandbox } from "../sandbox/index";

interface Options {
  readonly port: string;
  readonly charges?: string;
  readonly team?: string[];
  readonly fault?: string;
}

/** `pulumi-vercel-credits sandbox`: serves until it is interrupted, and says every charge as it happens. */
export async function sandbox(options: Options): Promise<void> {
  const server = await start(options);
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  server.onNews((line) => console.log(`  ${line}`));
  console.log(`A sandbox of Vercel's billing endpoint. No money moves. See it on ${server.url}

  export VERCEL_API_URL=${server.url}
  export VERCEL_API_TOKEN=sandbox

Then \`pulumi up\`. Tokens sandbox-expired and sandbox-viewer are refused. Ctrl-C ends it.
`);
  await ended;
  const charges = server.charges();
  const dollars = charges.reduce((sum, { amount }) => sum + amount, 0);
  console.log(
    `\n${charges.length} charge${charges.length === 1 ? "" : "s"}, $${dollars} in all, all made up.`,
  );
  await server.close();
}

async function start({ port, charges, team, fault }: Options): Promise<Sandbox> {
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > 65535) throw new Error(`--port ${port} is not a port (0 to 65535)`);
  if (fault !== undefined && !Object.hasOwn(FAULTS, fault)) {
    throw new Error(`--fault ${fault} is not one of ${Object.keys(FAULTS).join(", ")}`);
  }
  try {
    const server = await startSandbox({
      port: number,
      ...(charges !== undefined && { chargesFile: charges }),
      ...(team && { teams: team }),
    });
    if (fault !== undefined) server.misbehave(fault as Fault);
    return server;
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new Error(`port ${port} is taken; choose another with --port`);
    throw new Error(
      syscall === "listen" || !charges ? message : `can't keep charges in ${charges}: ${message}`,
    );
  }
}
