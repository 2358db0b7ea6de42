import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../servers/start.mts";
import { testWith } from "../servers/test-with.mts";
import { reachOneOrderAtOnce } from "../support/many-processes";
import { startProvider } from "../support/provider-process";
import { closeLater, newSandbox } from "../support/stack";

const WHAT = "fifty processes reach the same order at once: at most one sends, and the others say which";
const LONGEST_MS = 300_000;

test(
  WHAT,
  async () => {
    const journal = mkdtempSync(join(tmpdir(), "vercel-credits-journal-"));
    closeLater(() => rmSync(journal, { recursive: true }));
    await reachThrough(journal);
  },
  LONGEST_MS,
);

// The other stores: `verify/stores`, with processes of their own at one name.
testWith("postgres")(
  `${WHAT}, through PostgreSQL`,
  async () => {
    const server = await startServer("postgres");
    closeLater(() => server.stop());
    await reachThrough(server.address("fifty"), server.env());
  },
  LONGEST_MS,
);

async function reachThrough(journal: string, env: Record<string, string> = {}): Promise<void> {
  const sandbox = await newSandbox();
  await reachOneOrderAtOnce(50, sandbox, () =>
    startProvider(sandbox.url, { "vercelCredits:journal": journal }, env),
  );
}
