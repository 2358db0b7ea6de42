import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepsRecords } from "../../support/conformance";

const folder = mkdtempSync(join(tmpdir(), "vercel-credits-stores-"));
afterAll(() => rmSync(folder, { recursive: true }));

keepsRecords((name) => ({ address: `file://${join(folder, name)}`, env: {} }));
