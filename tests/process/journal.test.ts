import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { ProviderProcess, type Result } from "../support/provider-process";

const CHARGED = "The card was charged.";
const MAYBE = "The card may have been charged.";
const NOTHING = "Nothing was charged.";

const ARGUMENTS = {
  creditType: "gateway",
  amount: 1,
  team: "acme",
  source: "pulumi",
  attempt: 1,
  __label: "credits",
};

let sandbox: Sandbox;
let folder: string;
const started: ProviderProcess[] = [];
const mounted: (() => void)[] = [];

beforeEach(async () => {
  sandbox = await startSandbox();
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-journal-"));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.stop()));
  await sandbox.close();
  for (const unmount of mounted.splice(0)) unmount();
  rmSync(folder, { recursive: true, force: true });
});

/** A provider process with the test's journal, or another folder. */
async function start(journal = folder): Promise<ProviderProcess> {
  const provider = await ProviderProcess.start(
    { "vercel:apiUrl": sandbox.url, "vercel:apiToken": "tok_1", "vercelCredits:journal": journal },
    {},
  );
  started.push(provider);
  return provider;
}

/** As the engine does it in a later update: the order first, and then the purchase, which is not on record. */
async function recover(provider: ProviderProcess, order: Result): Promise<Result> {
  const opened = await provider.update("order", order.id ?? "", order.properties ?? {}, ARGUMENTS);
  const { orderId, __journal } = opened.properties ?? {};
  return provider.create("purchase", { ...ARGUMENTS, orderId, __journal });
}

describe("50 processes reach the same order at once", () => {
  test.each([
    ["that was never sent", async () => {}],
    [
      "that was refused",
      async (provider: ProviderProcess, order: Result) => {
        sandbox.misbehave("decline");
        await provider.create("purchase", {
          ...ARGUMENTS,
          orderId: order.id,
          __journal: order.properties?.__journal,
        });
      },
    ],
  ])("%s: one sends, and the others learn its outcome", async (_what, prepare) => {
    const first = await start();
    const order = await first.create("order", ARGUMENTS);
    await prepare(first, order);
    await first.stop();
    const before = sandbox.requests().length;
    sandbox.misbehave("slow", { milliseconds: 500 });
    const processes: ProviderProcess[] = [];
    // Two at a time, because a machine with few cores starts no more.
    for (let i = 0; i < 25; i++) processes.push(...(await Promise.all([start(), start()])));

    const results = await Promise.all(processes.map((provider) => recover(provider, order)));

    expect(sandbox.requests()).toHaveLength(before + 1);
    expect(sandbox.charges()).toHaveLength(1);
    const [charge] = sandbox.charges();
    for (const { properties, error } of results) {
      if (error === undefined) expect(properties).toMatchObject({ intentId: charge?.intentId });
      else expect(error).toContain(MAYBE);
    }
    expect(results.filter(({ properties }) => properties?.status === "succeeded").length).toBeGreaterThan(1);
    expect(processes.flatMap(({ lines }) => lines).join("\n")).toContain(CHARGED);
  });
});

test("a process whose engine has ended sends nothing that was still waiting, and ends by itself", async () => {
  const provider = await start();
  sandbox.misbehave("slow", { milliseconds: 1000 });
  const underWay = Promise.all(["a", "b", "c"].map((__label) => provider.buy({ __label })));
  await sandbox.nextRequest();

  await provider.endEngine();
  await underWay;
  await provider.ended();

  expect(sandbox.requests()).toHaveLength(1);
  const records = readdirSync(folder).filter((name) => name.startsWith("order_"));
  expect(records.map((name) => name.split(".")[1])).toEqual(["outcome", "sent"]);
});

describe("the records", () => {
  test("say what was sent and what came of it, are their owner's alone, and don't hold the token", async () => {
    const provider = await start();
    sandbox.misbehave("echo-token");
    await provider.buy();
    await provider.buy({ __label: "second" });

    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const modes = execFileSync("find", [folder, "-type", "f", "!", "-perm", "600"], { encoding: "utf8" });

    expect(texts).toHaveLength(5);
    expect(texts.map((text) => JSON.parse(text))).toContainEqual(
      expect.objectContaining({
        order: expect.stringMatching(/^order_/),
        try: 1,
        name: "second",
        arguments: { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        process: expect.objectContaining({ pid: expect.any(Number) }),
        nonce: expect.any(String),
      }),
    );
    expect(texts.map((text) => JSON.parse(text))).toContainEqual(
      expect.objectContaining({
        status: "succeeded",
        receipt: expect.objectContaining({ intentId: sandbox.charges()[0]?.intentId }),
      }),
    );
    expect(texts.join()).not.toContain("tok_1");
    expect(modes).toBe("");
  });
});

/** A file system of 64 KiB, which only root may make; elsewhere a file where the folder should be. */
function smallDisk(): { full(): void; mended(): void; journal: string } {
  const journal = join(folder, "disk");
  mkdirSync(journal);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", journal], { stdio: "ignore" });
  } catch {
    rmSync(journal, { recursive: true });
    const records = join(folder, "records");
    return {
      journal: records,
      full: () => {
        execFileSync("mv", [records, `${records}.away`]);
        writeFileSync(records, "");
      },
      mended: () => {
        rmSync(records);
        execFileSync("mv", [`${records}.away`, records]);
      },
    };
  }
  const ballast = join(journal, "ballast");
  mounted.push(() => execFileSync("umount", [journal]));
  return {
    journal,
    full: () => execFileSync("sh", ["-c", `cat /dev/zero > ${ballast} 2>/dev/null || true`]),
    mended: () => rmSync(ballast),
  };
}

describe("the journal's disk is full", () => {
  test("before the request: it is not sent, and the next update goes on by itself", async () => {
    const disk = smallDisk();
    const provider = await start(disk.journal);
    const order = await provider.create("order", ARGUMENTS);
    disk.full();

    const refused = await provider.create("purchase", {
      ...ARGUMENTS,
      orderId: order.id,
      __journal: order.properties?.__journal,
    });
    disk.mended();
    const bought = await recover(await start(disk.journal), order);

    expect(refused.error).toMatch(
      /It was not sent, because the journal .* can't be written: .* Nothing was charged\./,
    );
    expect(bought).toMatchObject({ properties: { status: "succeeded" } });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("after it: the purchase succeeds, and a line says that the journal could not keep it", async () => {
    const disk = smallDisk();
    const provider = await start(disk.journal);
    sandbox.misbehave("slow", { milliseconds: 200 });
    const buying = provider.buy();
    await sandbox.nextRequest();
    disk.full();

    expect(await buying).toMatchObject({ properties: { status: "succeeded" } });
    expect(provider.lines.join("\n")).toContain("the journal could not keep the outcome");
    expect(provider.lines.join("\n")).not.toContain(NOTHING);
  });
});
