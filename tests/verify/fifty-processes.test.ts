import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachOneOrderAtOnce } from "../support/many-processes";
import { startProvider } from "../support/provider-process";
import { newSandbox } from "../support/stack";

let journal: string;

beforeEach(() => {
  journal = mkdtempSync(join(tmpdir(), "vercel-credits-journal-"));
});

afterEach(() => rmSync(journal, { recursive: true }));

test("fifty processes reach the same order at once: at most one sends, and the others say which", async () => {
  const sandbox = await newSandbox();
  await reachOneOrderAtOnce(50, sandbox, () =>
    startProvider(sandbox.url, { "vercelCredits:journal": journal }),
  );
}, 300_000);
