import { parseArgs } from "node:util";
import { type Fault, startSandbox } from "pulumi-vercel-credits/sandbox";
import { type Client, findClients } from "./compare/clients.mts";
import { withProgress } from "./engine/progress.mts";
import { Interrupted } from "./engine/run.mts";

/**
 * `npm run compare [-- --only TEXT]`: one order of 100 credits by Vercel's own command, by its SDK, and by this
 * package on a real engine, with each fault after the charge, counted by a sandbox. Prints the README's table, or
 * those of its rows whose name has the text. It takes two minutes: they repeat what they sent, and wait in between.
 */
const FAULTS: [heading: string, Fault][] = [
  ["connection cut", "cut-after-charge"],
  ["500", "500-after-charge"],
  ["502", "502-after-charge"],
  ['200 with `status: "failed"`', "failed"],
];

/** More often than any of them repeats its request in the time it is given. */
const TIMES = 1000;

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
try {
  const clients = (await findClients()).filter(({ name }) => name.includes(values.only));
  // Not before: what installs the clients and the engine ends its own processes.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const cells = await withProgress(undefined, "buying", (detail) => compare(clients, detail), "compare");
  const rows = clients.map(({ name }, i) => [name, ...(cells[i] ?? [])]);
  console.log(markdownTable([["", ...FAULTS.map(([heading]) => heading)], ...rows]));
} catch (error) {
  console.error(`compare: ${error instanceof Error ? error.message : error}`);
  process.exit(error instanceof Interrupted ? 130 : 1);
}

/** Those that wait run at once; the others in turn, so that a busy machine does not change what they do. */
async function compare(clients: Client[], detail: (text: string) => void): Promise<string[][]> {
  let done = 0;
  const one = async (client: Client, fault: Fault) => {
    const cell = await buy(client, fault);
    detail(`${++done} of ${clients.length * FAULTS.length} done`);
    return cell;
  };
  let last = Promise.resolve("");
  const inTurn = (work: () => Promise<string>) => {
    last = last.then(work);
    return last;
  };
  const row = (client: Client) =>
    FAULTS.map(([, fault]) => (client.waits ? one(client, fault) : inTurn(() => one(client, fault))));
  return Promise.all(clients.map((client) => Promise.all(row(client))));
}

async function buy(client: Client, fault: Fault): Promise<string> {
  const sandbox = await startSandbox();
  try {
    sandbox.misbehave(fault, { times: TIMES });
    const words = await client.buy(sandbox);
    const charges = sandbox.charges().length;
    return charges === 0 ? words : `${charges} charge${charges === 1 ? "" : "s"}, ${words}`;
  } finally {
    await sandbox.close();
  }
}

function markdownTable(rows: string[][]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
