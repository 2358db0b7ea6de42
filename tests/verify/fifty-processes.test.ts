import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whatIsMissing } from "../../tools/servers/found.mts";
import { startServer } from "../servers/start.mts";
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
for (const kind of ["postgres"] as const) {
  (whatIsMissing(kind) === undefined ? test : test.skip)(
    `${WHAT} (${kind})`,
    async () => {
      const server = await startServer(kind);
      closeLater(() => server.stop());
      await reachThrough(server.address("fifty"), server.env());
    },
    LONGEST_MS,
  );
}

async function reachThrough(journal: string, env: Record<string, string> = {}): Promise<void> {
  const sandbox = await newSandbox();
  await reachOneOrderAtOnce(50, sandbox, () =>
    startProvider(sandbox.url, { "vercelCredits:journal": journal }, env),
  );
}
