import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  hasEnded,
  isGone,
  thisProcess,
  type Writer,
  writerSchema,
} from "../../provider/src/domain/process-identity";

const onLinux = process.platform === "linux" ? describe : describe.skip;

const BUILT = join(__dirname, "../../provider/dist/domain/process-identity.js");
const TELLS_ITSELF = `
  console.log(JSON.stringify(require(${JSON.stringify(BUILT)}).thisProcess));
  setInterval(() => {}, 1000);`;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-process-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process, and returns it with the first line that it prints. */
async function started(file: string, args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, line };
}

async function anotherProcess(node = process.execPath): Promise<{ child: ChildProcess; writer: Writer }> {
  const { child, line } = await started(node, ["-e", TELLS_ITSELF]);
  return { child, writer: writerSchema.parse(JSON.parse(line)) };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

onLinux("on Linux, it is certain", () => {
  test("that this process lives", () => {
    expect(Object.keys(thisProcess)).toEqual(["pid", "host", "bootId", "pidNamespace", "startedAt"]);
    expect(hasEnded(thisProcess)).toBe(false);
  });

  test("that another one lives, and that it has ended", async () => {
    const { child, writer } = await anotherProcess();
    expect(hasEnded(writer)).toBe(false);

    await kill(child);

    expect(hasEnded(writer)).toBe(true);
  });

  test.each(["a b", "a) Z 1 (b", "))) X"])("of one whose command is %j", async (command) => {
    symlinkSync(process.execPath, join(folder, command));

    const { child, writer } = await anotherProcess(join(folder, command));

    expect(hasEnded(writer)).toBe(false);
    await kill(child);
    expect(hasEnded(writer)).toBe(true);
  });

  test("that one has ended whose id another process has now", () => {
    expect(hasEnded({ ...thisProcess, startedAt: "1" })).toBe(true);
  });

  test("that one has ended which its parent hasn't collected", async () => {
    // The shell would collect one that ends before it has become the sleep, which doesn't.
    const untilThen = "until grep -q sleep /proc/$$/comm; do sleep 0.01; done";
    const neverCollects = `{ ${untilThen}; } & echo $!; exec sleep 60`;
    const { line } = await started("sh", ["-c", neverCollects]);
    const { startedAt: _, ...zombie } = { ...thisProcess, pid: Number(line) };

    while (hasEnded(zombie) !== true) await new Promise(setImmediate);

    expect(isGone(zombie.pid)).toBe(false);
  });
});

onLinux("on Linux, it can't be told", () => {
  test.each<[string, Partial<Writer>]>([
    ["another machine, or before a restart of this one", { bootId: "another" }],
    ["another container", { pidNamespace: "pid:[1]" }],
    ["an earlier version's record", { bootId: undefined, pidNamespace: undefined, startedAt: undefined }],
    ["a record without its boot", { bootId: undefined }],
    ["a record without its PID namespace", { pidNamespace: undefined }],
    ["a living process of a record without its start", { startedAt: undefined }],
    ["an altered record", { pid: 0 }],
    ["an altered record", { pid: -1 }],
    ["an altered record", { pid: 1.5 }],
    ["an altered record", { pid: Number.NaN }],
  ])("of %s (%j)", (_what, other) => {
    expect(hasEnded({ ...thisProcess, ...other })).toBeUndefined();
  });

  test("of a process id that can't be one, which no process has", () => {
    expect(hasEnded({ ...thisProcess, pid: 2 ** 40 })).not.toBe(false);
  });

  const unshare = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
  const canUnshare = spawnSync("unshare", [...unshare, "true"]).status === 0;

  (canUnshare ? test : test.skip).each([
    ["with a /proc of its own", ["--mount-proc"], true],
    ["with the /proc of this one", [], false],
  ])("of a process in another PID namespace, %s", async (_what, flags, tellsItsNamespace) => {
    const { line } = await started("unshare", [...unshare, ...flags, process.execPath, "-e", TELLS_ITSELF]);
    const writer: Writer = JSON.parse(line);

    expect(hasEnded(writer)).toBeUndefined();
    expect(writer.pid).toBeLessThan(10);
    expect(writer.pidNamespace !== undefined).toBe(tellsItsNamespace);
    expect(writer.pidNamespace).not.toBe(thisProcess.pidNamespace);
  });
});

describe("on a system that tells nothing in /proc", () => {
  function elsewhere(): typeof import("../../provider/src/domain/process-identity") {
    let module: ReturnType<typeof elsewhere> | undefined;
    const absent = () => {
      throw Object.assign(new Error("no /proc"), { code: "ENOENT" });
    };
    jest.isolateModules(() => {
      jest.doMock("node:fs", () => ({ readFileSync: absent, readlinkSync: absent }));
      module = require("../../provider/src/domain/process-identity");
      jest.dontMock("node:fs");
    });
    if (module === undefined) throw new Error("not loaded");
    return module;
  }

  test("a process is known by its id and its host, and no more is told of it", () => {
    const there = elsewhere();

    expect(JSON.parse(JSON.stringify(there.thisProcess))).toEqual({
      pid: process.pid,
      host: thisProcess.host,
    });
    expect(there.hasEnded(there.thisProcess)).toBeUndefined();
    expect(there.hasEnded(thisProcess)).toBeUndefined();
  });

  test("a process id that nothing has is gone, and one that something has isn't", async () => {
    const { child, writer } = await anotherProcess();
    expect(elsewhere().isGone(writer.pid)).toBe(false);

    await kill(child);

    expect(elsewhere().isGone(writer.pid)).toBe(true);
  });
});
