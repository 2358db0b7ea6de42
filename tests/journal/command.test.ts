import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ArmedOrder } from "../../provider/src/charge/armed-orders";
import { FileStore } from "../../provider/src/journal/file-store";
import { Journal } from "../../provider/src/journal/journal";

const MAYBE = "The card may have been charged.";

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-command-"));
  journal = new Journal(new FileStore(folder));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The real command, as npx runs it. */
function command(args: string[], env: Record<string, string> = { VERCEL_CREDITS_JOURNAL: folder }) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["provider/dist/cli/main.js", "journal", ...args],
    { encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder, ...env } },
  );
  expect(stdout + stderr).not.toMatch(/^\s+at /m);
  return { status, stdout, stderr };
}

function orderOf(id: string, changes: Partial<ArmedOrder["arguments"]> & { name?: string } = {}): ArmedOrder {
  const { name = "credits", ...args } = changes;
  return {
    orderId: `order_${id}`,
    name,
    arguments: { creditType: "gateway", amount: 1500, team: "acme", source: "pulumi", attempt: 1, ...args },
    try: 1,
    journaled: true,
  };
}

const BOUGHT = {
  status: "succeeded",
  receipt: { intentId: "pur_1", total: "1500.00", currency: "usd" },
  news: "",
};
const UNKNOWN = { status: "unknown", receipt: {}, reason: "no answer" };
const REFUSED = { status: "refused", receipt: {}, reason: "declined" };

describe("journal", () => {
  test("lists each try with its order, team, dollars, outcome and intent, and ends with 0 where all is known", async () => {
    await journal.sent(orderOf("a"), 60);
    await journal.ended("order_a", BOUGHT);
    await journal.sent(orderOf("b", { name: "later" }), 60);
    await journal.ended("order_b", REFUSED);

    const { status, stdout } = command([]);

    expect(status).toBe(0);
    const [, first, second] = stdout.split("\n");
    expect(first).toMatch(
      /order_a +1 +\d{4}-\d\d-\d\dT[\d:]+Z +credits +acme +gateway +\$1,500\.00 +succeeded +pur_1/,
    );
    expect(second).toMatch(/order_b .* later .* refused/);
    expect(stdout).not.toContain(MAYBE);
  });

  test.each([
    ["a request without an answer", async () => {}],
    ["an outcome that nobody knows", async () => journal.ended("order_a", UNKNOWN)],
    ["a torn outcome", async () => writeFileSync(join(folder, "order_a.outcome.json"), '{"status": "ref')],
  ])("marks %s as unresolved, says what to do, and ends with 1", async (_what, happens) => {
    await journal.sent(orderOf("a"), 60);
    await happens();

    const { status, stdout } = command([]);

    expect(status).toBe(1);
    expect(stdout).toMatch(/❓ +order_a/);
    expect(stdout).toContain("1 is unresolved");
    expect(stdout).toContain(MAYBE);
  });

  test("a torn record that it was sent is listed as unresolved", () => {
    writeFileSync(join(folder, "order_a.sent.json"), "");

    const { status, stdout } = command([]);

    expect(status).toBe(1);
    expect(stdout).toMatch(/❓ +order_a .*no answer recorded/);
  });

  test("what a person settled is resolved, and an order that was never sent is no try", async () => {
    const signature = await journal.sign();
    await journal.sent(orderOf("a"), 60);
    await journal.adopted({ orderId: "order_a", journal: signature }, "pur_found");
    await journal.sent(orderOf("b"), 60);
    await journal.giveUp(await journal.knows({ orderId: "order_b", journal: signature }), {
      orderId: "order_c",
      attempt: 2,
    });
    await journal.giveUp(await journal.knows({ orderId: "order_d", journal: signature }), {
      orderId: "order_e",
      attempt: 2,
    });

    const { status, stdout } = command([]);

    expect(status).toBe(0);
    expect(stdout).toMatch(/order_a .*no answer recorded, adopted as pur_found/);
    expect(stdout).toMatch(/order_b .*no answer recorded, then tried again/);
    expect(stdout).not.toMatch(/order_[de]/);
  });

  test("--json gives the same to a script", async () => {
    await journal.sent(orderOf("a"), 60);
    await journal.ended("order_a", BOUGHT);
    await journal.sent(orderOf("b"), 60);

    const { status, stdout } = command(["--json"]);

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      folder,
      unresolved: 1,
      tries: [
        {
          order: "order_a",
          try: 1,
          attempt: 1,
          name: "credits",
          team: "acme",
          creditType: "gateway",
          amount: 1500,
          status: "succeeded",
          intentId: "pur_1",
          total: "1500.00",
          currency: "usd",
          unresolved: false,
        },
        { order: "order_b", unresolved: true },
      ],
    });
  });

  test("names and answers can't steer the terminal or forge a row", async () => {
    await journal.sent(orderOf("a", { name: "\u001b[2Jevil\norder_z succeeded" }), 60);

    const { stdout } = command([]);

    expect(stdout).not.toContain("\u001b[2J");
    expect(stdout).not.toMatch(/^order_z/m);
  });

  test("thousands of records are read in a moment", async () => {
    for (let i = 0; i < 3000; i++) {
      const record = {
        order: `order_${i}`,
        time: "2026-01-01T00:00:00Z",
        process: { pid: 1, host: "a" },
        nonce: "n",
      };
      writeFileSync(join(folder, `order_${i}.sent.json`), JSON.stringify(record));
    }

    const { stdout } = command(["--json"]);

    expect(JSON.parse(stdout).tries).toHaveLength(3000);
  });

  test.each([
    ["an empty one", () => folder],
    ["one that isn't there yet", () => join(folder, "none")],
  ])("a folder that is %s holds no purchase", (_what, place) => {
    const { status, stdout } = command([], { VERCEL_CREDITS_JOURNAL: place() });

    expect(status).toBe(0);
    expect(stdout).toBe(`The journal in ${place()} holds no purchase yet.\n`);
  });

  test("reads where the provider writes by default, or the folder that is named", async () => {
    expect(command([], {}).stdout).toContain(join(folder, ".pulumi/vercel-credits/journal"));
    expect(command([], { PULUMI_HOME: "/elsewhere" }).stdout).toContain("/elsewhere/vercel-credits/journal");
    expect(command(["--folder", "/named"]).stdout).toContain("/named");
  });

  test.each([
    ["off", "VERCEL_CREDITS_JOURNAL is off; name a folder with --folder"],
    ["relative", "must be a folder as an absolute path"],
    ["README.md", "README.md is not a folder"],
  ])("%s: one line, and 2", (place, words) => {
    const { status, stderr } = command([], {
      VERCEL_CREDITS_JOURNAL: place === "README.md" ? resolve(place) : place,
    });

    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("journal show", () => {
  test("tells everything known of one order, and the orders before and after it", async () => {
    const signature = await journal.sign();
    await journal.sent(orderOf("abc"), 60);
    await journal.ended("order_abc", REFUSED);
    await journal.giveUp(await journal.knows({ orderId: "order_abc", journal: signature }), {
      orderId: "order_xyz",
      attempt: 2,
    });
    await journal.sent(orderOf("xyz"), 60);
    await journal.ended("order_xyz", BOUGHT);

    const first = command(["show", "order_a"]);
    const second = command(["show", "order_xyz", "--json"]);

    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(
      /order_abc\n {2}sent\n.*amount: 1500\n.*outcome\n.*reason: declined\n.*next: order_xyz/s,
    );
    expect(JSON.parse(second.stdout)).toMatchObject({
      order: "order_xyz",
      outcome: { receipt: BOUGHT.receipt },
    });
    expect(command(["show", "order_xyz"]).stdout).toContain("opened in place of: order_abc");
  });

  test("ends with 1 where nobody knows, and with 2 where there is no such order, or several", async () => {
    await journal.sent(orderOf("aa"), 60);
    await journal.sent(orderOf("ab"), 60);

    const unresolved = command(["show", "order_aa"]);
    expect(unresolved).toMatchObject({ status: 1, stdout: expect.stringContaining(MAYBE) });
    expect(command(["show", "order_z"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("knows no order"),
    });
    expect(command(["show", "order_a"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("several"),
    });
  });
});
