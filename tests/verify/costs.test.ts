import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whatIsMissing } from "../../tools/servers/found.mts";
import type { RealServer } from "../servers/server.mts";
import { startServer } from "../servers/start.mts";
import { preloading } from "../support/project.mts";
import { startProvider } from "../support/provider-process";
import { closeLater, newSandbox, sandboxAndProject } from "../support/stack";
import { Wire } from "../support/wire.mts";

const isThere = whatIsMissing("s3") === undefined || process.env.CI !== undefined;
const describeThere = isThere ? describe : describe.skip;

let server: RealServer;
beforeAll(async () => {
  if (isThere) server = await startServer("s3");
});
afterAll(() => server?.stop());

/** Each process that writes finds out once whether the store keeps its word. */
const PROBE = { reads: 2, writes: 2 };
/** What the first update of all finds out, before there is anything, and the marker that it leaves. */
const NEW_JOURNAL = { reads: 4, writes: 1 };

describeThere("requests to the store", () => {
  test.each([1, 10])("of %i purchases: as the documents have it", async (size) => {
    const wire = await Wire.open(server.port);
    closeLater(() => wire.close());
    const journal = server.address(`costs${size}`, wire.port);
    const { project } = await sandboxAndProject({
      VERCEL_CREDITS_JOURNAL: journal,
      ...server.env(wire.port),
    });
    const all = Array.from({ length: size }, (_, number) => ({ name: `p${number}`, args: { amount: 1 } }));
    project.declare(...all.map((one) => ({ ...one, opts: { protect: false } })));
    const asked = async (...command: string[]) => {
      wire.requests.splice(0);
      await project.mustRun(...command);
      const writes = wire.requests.filter((request) => request.startsWith("PUT ")).length;
      return { reads: wire.requests.length - writes, writes };
    };
    const up = ["up", "--yes", "--skip-preview"];

    expect(await asked("preview")).toEqual({ reads: size, writes: 0 });
    expect(await asked(...up)).toEqual({
      reads: 2 * size + PROBE.reads + NEW_JOURNAL.reads,
      writes: 3 * size + PROBE.writes + NEW_JOURNAL.writes,
    });
    expect(await asked(...up)).toEqual({ reads: size + 2, writes: 0 });
    expect(await asked("destroy", "--yes", "--skip-preview")).toEqual({
      reads: 5 * size + PROBE.reads,
      writes: size + PROBE.writes,
    });
  });
});

describe("what a provider process loads", () => {
  async function clientsLoadedWith(journal: string): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "vercel-credits-clients-"));
    closeLater(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "clients");
    const sandbox = await newSandbox();
    const provider = await startProvider(
      sandbox.url,
      { "vercelCredits:journal": journal || join(folder, "journal") },
      { NODE_OPTIONS: preloading("notes-clients"), TEST_CLIENTS: file },
    );
    await provider.buy();
    return existsSync(file) ? [...new Set(readFileSync(file, "utf8").trim().split("\n"))] : [];
  }

  test("a journal in a folder: no client of any store", async () => {
    expect(await clientsLoadedWith("")).toEqual([]);
  });

  test("a journal in a store: its client alone", async () => {
    expect(await clientsLoadedWith("postgres://nobody@127.0.0.1:1/none")).toEqual(["pg"]);
  });
});
