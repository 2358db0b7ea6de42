import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { sendLate } from "../support/late-sender";
import {
  ARGUMENTS,
  buyUnder,
  opened,
  reachOneOrderAtOnce,
  recover,
  startMany,
} from "../support/many-processes";
import { preloading } from "../support/project.mts";
import { type ProviderProcess, resource, startProvider } from "../support/provider-process";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { newModel } from "../support/stack";

let sandbox: Sandbox;
let folder: string;
const mounted: (() => void)[] = [];

beforeEach(async () => {
  sandbox = await startSandbox();
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-journal-"));
});

afterEach(async () => {
  await sandbox.close();
  for (const unmount of mounted.splice(0)) unmount();
  rmSync(folder, { recursive: true, force: true });
});

/** A provider process with the test's journal, or another folder. */
const start = (journal = folder, env: Record<string, string> = {}, { url } = sandbox) =>
  startProvider(url, { "vercelCredits:journal": journal }, env);

const loading = (name: string) => ({ NODE_OPTIONS: preloading(name) });

const records = (kind: string) =>
  readdirSync(folder)
    .filter((name) => name.includes(kind))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));

// Fifty of them: `tests/verify/fifty-processes.test.ts`.
test("ten processes reach the same order at once: at most one sends, and the others say which", () =>
  reachOneOrderAtOnce(10, sandbox, start));

test("without hard links, two at a time: one of them sends", async () => {
  const first = await start(folder, loading("no-hard-links"));
  const order = await opened(first);
  await first.stop();
  const processes = await startMany(2, () => start(folder, loading("no-hard-links")));

  const results = await Promise.all(processes.map((provider) => recover(provider, order)));

  expect(sandbox.requests()).toHaveLength(1);
  expect(results.filter(({ properties }) => properties?.outcome === "bought")).toHaveLength(1);
});

test("a process whose engine has ended sends nothing that was still waiting, and ends by itself", async () => {
  const provider = await start();
  sandbox.misbehave("slow", { milliseconds: 1000 });
  const underWay = Promise.all(["a", "b", "c"].map((__label) => provider.buy({ __label })));
  await sandbox.nextRequest();

  await provider.endEngine();
  await underWay;

  expect(sandbox.requests()).toHaveLength(1);
  expect(records("intent.")).toHaveLength(1);
  const outcomes = records(".completion").map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(["bought", "notSent", "notSent"]);
  await provider.ended();
});

test("a sender past its lease sends nothing: others may have stopped waiting for it", async () => {
  const provider = await start(folder, loading("sleeps-after-the-intent"));
  const order = await opened(provider);

  const late = await buyUnder(provider, order);

  expect(sandbox.requests()).toHaveLength(0);
  expect(late).toMatchObject({
    error: expect.stringContaining(NOTHING_CHARGED),
    properties: { outcome: "notSent" },
  });
  expect(await recover(await start(), order)).toMatchObject({ properties: { outcome: "bought" } });
  expect(sandbox.requests()).toHaveLength(1);
});

test("two first tries: the second one, and every later update of its state, sends nothing", async () => {
  const [first, second] = await startMany(2, start);
  const orders = [await opened(first as ProviderProcess), await opened(second as ProviderProcess)] as const;
  sandbox.misbehave("cut-after-charge");

  const inDoubt = await buyUnder(first as ProviderProcess, orders[0]);
  const stopped = await buyUnder(second as ProviderProcess, orders[1]);
  expect(inDoubt).toMatchObject({ properties: { outcome: "unknown" } });
  for (let updates = 0; updates < 3; updates++) {
    const later = await recover(await start(), orders[1]);
    for (const { error } of [stopped, later])
      expect(error).toMatch(new RegExp(`${orders[0].id}.*${MAYBE_CHARGED}`));
  }

  expect(sandbox.requests()).toHaveLength(1);
});

test("an order that was never sent doesn't say that nothing was charged where another one was sent for its purchase", async () => {
  const [first, second] = await startMany(2, start);
  const unsent = await opened(first as ProviderProcess);
  await buyUnder(second as ProviderProcess, await opened(second as ProviderProcess));
  const config = { "vercelCredits:journal": folder, "vercelCredits:allowedTeams": "another" };
  const stopping = await startProvider(sandbox.url, config);

  // What stops it comes before anybody asks who else was first.
  const order = await stopping.update("order", unsent.id ?? "", unsent.properties ?? {}, ARGUMENTS);
  const { error } = await buyUnder(stopping, order);

  expect(error).toContain("another");
  expect(sentencesOf({ error })).toEqual([CHARGED]);
  expect(sandbox.requests()).toHaveLength(1);
});

describe("a higher attempt that was killed, without a journal", () => {
  const raised = { ...ARGUMENTS, attempt: 2 };

  /** The first try was refused, and is on record; the second one may have bought. */
  async function killed() {
    endpoint.misbehave("decline");
    const refused = await (await start("off", {}, endpoint)).buy(ARGUMENTS);
    const dying = await start("off", { VERCEL_CREDITS_CRASH_AT: "request-left" }, endpoint);
    const olds = refused.properties ?? {};
    const { orderId } = olds;
    const inState = { ...ARGUMENTS, orderId, __journal: { openings: [{ orderId, attempt: 1 }] } };
    const order = await dying.update("order", `${orderId}`, inState, raised);
    const { orderId: newest, __journal } = order.properties ?? {};
    const inputs = { ...raised, orderId: newest, __journal };
    await dying.update("purchase", `${orderId}`, olds, inputs);
    await dying.ended();
    return { purchase: { id: `${orderId}`, properties: olds }, order, inputs };
  }

  let endpoint: Sandbox;
  let before: Awaited<ReturnType<typeof killed>>;

  // It is killed once: no test changes anything but what the engine would keep.
  beforeAll(async () => {
    endpoint = await startSandbox();
    before = await killed();
  });

  afterEach(() => expect(endpoint.requests()).toHaveLength(2));

  afterAll(() => endpoint.close());

  /** A plain update, or one with a person's word. */
  async function up(word: object = {}, { purchase, order, inputs } = before) {
    const next = await start("off", {}, endpoint);
    const updated = await next.update("order", `${order.id}`, order.properties ?? {}, { ...raised, ...word });
    const { orderId, __journal } = updated.properties ?? {};
    return next.update("purchase", purchase.id, purchase.properties, {
      ...inputs,
      orderId,
      __journal,
      ...word,
    });
  }

  test("is in doubt, whatever the try before it came to", async () => {
    const { error } = await up();

    for (const words of [MAYBE_CHARGED, "adopt", "attempt: 3", "withdraw"]) expect(error).toContain(words);
    expect(error).not.toContain(NOTHING_CHARGED);
  });

  test.each([
    ["adopt", { adopt: "pur_found" }, "adopted"],
    ["withdraw", { withdraw: true }, "withdrawn"],
  ])("is settled by %s for good", async (_what, word, outcome) => {
    const settled = await up(word);
    expect(settled).toMatchObject({ properties: { outcome } });

    const purchase = { id: before.purchase.id, properties: settled.properties ?? {} };
    const again = await up(word, { ...before, purchase });

    expect(again).toMatchObject({ properties: { outcome } });
    const destroying = await start("off", {}, endpoint);
    expect(await destroying.delete("purchase", purchase)).toEqual({});
    expect(await destroying.delete("order", before.order)).toEqual({});
  });

  test("is in doubt in every other error, too", async () => {
    const { error } = await up({ amount: 0.5 });

    expect(error).toContain("amount must be a whole number");
    expect(error).toContain(MAYBE_CHARGED);
  });

  test("is not dropped with its order by a destroy: the record is of the try before", async () => {
    const { purchase, order } = before;
    const destroying = await start("off", {}, endpoint);

    expect(await destroying.delete("purchase", purchase)).toEqual({});
    const { error } = await destroying.delete("order", order);

    expect(error).toContain(MAYBE_CHARGED);
    expect(error).toContain("pulumi state delete");
  });
});

describe("killed between two records", () => {
  const killedAt = async (point: string) => {
    const provider = await start(folder, { VERCEL_CREDITS_CRASH_AT: point });
    const order = await opened(provider);
    await buyUnder(provider, order);
    await provider.ended();
    return order;
  };

  test.each([
    ["before-intent-record", 0],
    ["after-intent-record", 0],
    ["request-left", 1],
    ["answer-read", 1],
    ["before-completion", 1],
    ["before-state", 1],
  ])(
    "at %s: goes on, is in doubt, or is recorded, and %d requests were sent by then",
    async (point, sent) => {
      const order = await killedAt(point);
      expect(sandbox.requests().length).toBeLessThanOrEqual(sent);
      const { length } = sandbox.requests();

      const next = await recover(await start(), order);

      if (point === "before-intent-record") {
        expect(next).toMatchObject({ properties: { outcome: "bought" } });
        expect(sandbox.requests()).toHaveLength(1);
        return;
      }
      expect(sandbox.requests()).toHaveLength(length);
      if (point === "before-state") expect(next).toMatchObject({ properties: { outcome: "bought" } });
      // The lease ended with the process, so nobody has to wait for it.
      else
        expect(next.error).toMatch(
          /no answer is on record\. The card may have been charged\..*adopt.*attempt: 2.*withdraw/s,
        );
    },
  );

  test.each([
    ["empty", ""],
    ["cut", '{"order": "order_1", "ti'],
  ])(
    "an intent record that is %s: in doubt, and not sent, also under a higher attempt",
    async (_what, text) => {
      const order = await killedAt("after-intent-record");
      const intent = readdirSync(folder).find((name) => name.startsWith("intent.")) ?? "?";
      writeFileSync(join(folder, intent), text);

      for (const attempt of [1, 2]) {
        const next = await recover(await start(), order, { ...ARGUMENTS, attempt });
        expect(next.error).toContain(MAYBE_CHARGED);
      }
      expect(sandbox.requests()).toHaveLength(0);
    },
  );
});

describe("an order that was opened and never sent", () => {
  test.each<[string, "goes on" | "in doubt", (from: string, to: string) => void]>([
    ["in a folder that was moved (mv)", "goes on", (from, to) => execFileSync("mv", [from, to])],
    ["in a copy (cp -a)", "in doubt", (from, to) => execFileSync("cp", ["-a", from, to])],
    ["in a copy of the files alone", "in doubt", (from, to) => execFileSync("cp", ["-r", from, to])],
    ["in another journal", "in doubt", (_from, to) => mkdirSync(to)],
    [
      "in the same folder, set back to before it was opened",
      "in doubt",
      (from, to) => {
        const opening = readdirSync(from).find((name) => name.startsWith("opening.")) ?? "?";
        rmSync(join(from, opening));
        execFileSync("mv", [from, to]);
      },
    ],
  ])("%s: %s", async (_what, expected, move) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const first = await start(from);
    const order = await opened(first);
    await first.stop();
    move(from, to);

    const next = await recover(await start(to), order);

    if (expected === "goes on") expect(next).toMatchObject({ properties: { outcome: "bought" } });
    else expect(next.error).toContain(MAYBE_CHARGED);
    expect(sandbox.requests()).toHaveLength(expected === "goes on" ? 1 : 0);
  });
});

describe("the records", () => {
  test("say what was ordered and what came of it, are their owner's alone, and don't hold the token", async () => {
    const provider = await start();
    sandbox.misbehave("echo-token");
    await provider.buy();
    await provider.buy({ __label: "second", __resource: resource("second") });

    const names = readdirSync(folder);
    const texts = names.map((name) => readFileSync(join(folder, name), "utf8"));
    const modes = execFileSync("find", [folder, "-type", "f", "!", "-perm", "600"], { encoding: "utf8" });

    // The journal's own, and three a purchase.
    expect(names).toHaveLength(1 + 2 * 3);
    const ordered = {
      order: expect.stringMatching(/^order_/),
      name: "second",
      identity: { endpoint: `${sandbox.url}/`, ...resource("second") },
      arguments: { creditType: "gateway", amount: 100, team: "acme", source: "pulumi", attempt: 1 },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      process: expect.objectContaining({ pid: expect.any(Number) }),
      nonce: expect.any(String),
    };
    expect(records("opening.")).toContainEqual(expect.objectContaining(ordered));
    expect(records("intent.")).toContainEqual(expect.objectContaining(ordered));
    expect(records(".completion")).toContainEqual(
      expect.objectContaining({
        outcome: "bought",
        status: "succeeded",
        receipt: expect.objectContaining({ intentId: sandbox.charges().at(-1)?.intentId }),
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
    const away = join(folder, "records");
    return {
      journal: away,
      full: () => {
        execFileSync("mv", [away, `${away}.away`]);
        writeFileSync(away, "");
      },
      mended: () => {
        rmSync(away);
        execFileSync("mv", [`${away}.away`, away]);
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
  test("before the order opens: nothing is sent, and a plain re-run is enough", async () => {
    const disk = smallDisk();
    const provider = await start(disk.journal);
    await provider.buy();
    disk.full();

    const stopped = await provider.buy(ARGUMENTS);
    disk.mended();

    expect(stopped.error).toMatch(/The journal .* can't be read or written: .* Nothing was charged\./);
    expect(stopped.id).toBeUndefined();
    expect(await provider.buy(ARGUMENTS)).toMatchObject({ properties: { outcome: "bought" } });
    expect(sandbox.requests()).toHaveLength(2);
  });

  test("before the request: it is not sent, and the next update goes on by itself", async () => {
    const disk = smallDisk();
    const provider = await start(disk.journal);
    const order = await opened(provider);
    disk.full();

    const notSent = await buyUnder(provider, order);
    disk.mended();
    const bought = await recover(await start(disk.journal), order);

    expect(notSent).toMatchObject({ properties: { outcome: "notSent" } });
    expect(notSent.error).toMatch(
      /The request was not sent, because the journal .* can't be written: .* Nothing was charged\./,
    );
    expect(bought).toMatchObject({ properties: { outcome: "bought" } });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test("before the request: a destroy closes its order before it goes, so that nobody can send it any more", async () => {
    const disk = smallDisk();
    const provider = await start(disk.journal);
    const order = await opened(provider);
    disk.full();
    const notSent = await buyUnder(provider, order);
    disk.mended();

    expect(await (await start(disk.journal)).delete("purchase", notSent)).toEqual({});

    expect(await sendLate(disk.journal, order.properties)).toEqual({ kind: "closed" });
    expect(sandbox.requests()).toHaveLength(0);
  });

  test("after it: the purchase succeeds, a line says so, and the next update writes the completion", async () => {
    const disk = smallDisk();
    const project = newModel({ VERCEL_API_URL: sandbox.url, VERCEL_CREDITS_JOURNAL: disk.journal });
    sandbox.misbehave("slow", { milliseconds: 200 });
    const buying = project.up("--skip-preview");
    await sandbox.nextRequest();
    disk.full();

    const bought = await buying;
    disk.mended();
    expect(bought).toMatchObject({
      code: 0,
      output: expect.stringContaining("the journal could not keep the outcome"),
    });
    expect(sentencesOf(bought)).toEqual([CHARGED]);
    const completion = join(disk.journal, `${project.outputs()?.orderId}.completion.json`);
    expect(() => readFileSync(completion)).toThrow();

    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(completion, "utf8"))).toMatchObject({ outcome: "bought" });
    expect((await project.up("--skip-preview")).output).toContain("3 unchanged");
    expect(sandbox.requests()).toHaveLength(1);
  });
});
