import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { VercelWord } from "../../provider/src/domain/outcome";
import type { Result } from "../../provider/src/domain/result";
import { Journal, type OrderToRecord } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import { CHARGED, expectNoStackTrace, MAYBE_CHARGED, NOTHING_CHARGED } from "../support/sentences";

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-command-"));
  journal = new Journal(new FileStore(folder));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The real command, as npx runs it. */
function command(args: string[], env: Record<string, string> = { VERCEL_CREDITS_JOURNAL: folder }) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["provider/dist/cli/main.js", "journal", ...args],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env.PATH, HOME: folder, ...env } },
  );
  expectNoStackTrace({ output: stdout + stderr });
  return { status, stdout, stderr };
}

type Changes = Partial<OrderToRecord["arguments"]> & { name?: string; stack?: string };

function orderOf(id: string, { name = "credits", stack = "dev", ...args }: Changes = {}): OrderToRecord {
  const urn = `urn:pulumi:${stack}::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::${name}`;
  return {
    orderId: `order_${id}`,
    name,
    identity: { endpoint: "https://api.vercel.com/", organization: "organization", urn },
    arguments: { creditType: "gateway", amount: 1500, team: "acme", source: "pulumi", attempt: 1, ...args },
  };
}

/** As the provider writes it: the opening, the intent, and what came of it, where that is known. */
async function sent(id: string, changes: Changes = {}, result?: Result): Promise<void> {
  const order = orderOf(id, changes);
  await journal.open(order);
  expect(await journal.claim(order, -3600)).toMatchObject({ kind: "claimed" }); // its lease has run out already
  if (result !== undefined) await journal.complete(order.orderId, result, { ...order.arguments });
}

/** Two first tries that both charged: the claim of the first was not where the second one looked. */
async function sentTwice(): Promise<void> {
  await sent("a", {}, BOUGHT);
  const intent = join(folder, readdirSync(folder).find((name) => name.startsWith("intent.")) ?? "?");
  const text = readFileSync(intent, "utf8");
  rmSync(intent);
  await sent("b", {}, { ...BOUGHT, receipt: { ...BOUGHT.receipt, intentId: "pur_2" } });
  writeFileSync(intent.replace(/1\.json$/, "2.json"), text);
}

const BOUGHT: Result = {
  outcome: "bought",
  status: "succeeded" as VercelWord,
  receipt: { intentKind: "purchaseIntent", intentId: "pur_1", total: "1500.00", currency: "usd" },
};
const CHECKOUT: Result = {
  outcome: "checkout",
  receipt: { intentKind: "checkoutSession", checkoutSessionId: "cs_1" },
};
const UNKNOWN: Result = { outcome: "unknown", receipt: {}, cause: { kind: "noAnswer", problem: "cut" } };
const REFUSED: Result = {
  outcome: "refused",
  receipt: {},
  cause: { kind: "answer", httpStatus: 402, code: "payment_failed", message: "declined" },
};

describe("journal", () => {
  test("lists each order with its team, dollars, outcome and intent, and ends with 0 where all is known", async () => {
    await sent("a", {}, BOUGHT);
    await sent("b", { name: "later" }, REFUSED);
    await journal.open(orderOf("c", { name: "never" }));

    const { status, stdout } = command([]);

    expect(status).toBe(0);
    const [, first, second, third] = stdout.split("\n");
    expect(first).toMatch(
      /order_a +1 +\d{4}-\d\d-\d\dT[\d:]+Z +credits +acme +gateway +\$1,500\.00 +bought +pur_1/,
    );
    expect(second).toMatch(/order_b .* later .* refused/);
    expect(third).toMatch(/order_c .* never .* notSent/);
    expect(stdout).not.toContain(MAYBE_CHARGED);
  });

  test.each([
    ["a request without an answer", async () => {}],
    ["an outcome that nobody knows", async () => journal.complete("order_a", UNKNOWN, undefined)],
    [
      "a torn completion",
      async () => writeFileSync(join(folder, "order_a.completion.json"), '{"outcome": "ref'),
    ],
  ])("marks %s as unresolved, says what to do, and ends with 1", async (_what, happens) => {
    await sent("a");
    await happens();

    const { status, stdout } = command([]);

    expect(status).toBe(1);
    expect(stdout).toMatch(/❓ +order_a/);
    expect(stdout).toContain("1 is unresolved");
    for (const words of [MAYBE_CHARGED, "adopt", "attempt", "withdraw", "journal settle"]) {
      expect(stdout).toContain(words);
    }
  });

  test("a torn intent record is unresolved: every order of that purchase may have been sent", async () => {
    await journal.open(orderOf("a"));
    await journal.open(orderOf("b", { name: "later" }));
    await journal.claim(orderOf("a"), 60);
    const intent = readdirSync(folder).find((name) => name.startsWith("intent.")) ?? "?";
    writeFileSync(join(folder, intent), "");

    const { status, stdout } = command([]);

    expect(status).toBe(1);
    expect(stdout).toContain("❓");
    expect(stdout).toContain(MAYBE_CHARGED);
    expect(stdout).toMatch(/❓ +order_a .*unknown/);
    expect(stdout).toMatch(/order_b .*notSent/);
  });

  test("what a person settled is resolved, and so is what was tried again under a higher attempt", async () => {
    await sent("a", { name: "found" });
    await journal.resolve("order_a", { adopted: "pur_found" });
    await sent("b", { name: "unwanted" });
    await journal.resolve("order_b", { withdrawn: true });
    await sent("c");
    await sent("d", { attempt: 2 }, BOUGHT);

    const { status, stdout } = command([]);

    expect(status).toBe(0);
    expect(stdout).toMatch(/order_a .*adopted \(was unknown\) +pur_found/);
    expect(stdout).toMatch(/order_b .*withdrawn \(was unknown\)/);
    expect(stdout).toMatch(/order_c .*unknown/);
    expect(stdout).toMatch(/order_d .*bought/);
  });

  test("two that charged for one purchase end with 1, until one was forgotten or a person says that it is known", async () => {
    await sentTwice();

    const { status, stdout } = command([]);
    expect(status).toBe(1);
    for (const words of ["‼️", "order_a", "order_b", CHARGED, "journal settle"])
      expect(stdout).toContain(words);

    await journal.forget("order_a");
    expect(command([]).status).toBe(0);
  });

  test("one that a person adopted charged, too, unless it is the same purchase", async () => {
    await sent("a");
    await sent("b", { attempt: 2 }, BOUGHT);
    await journal.resolve("order_a", { adopted: "pur_1" });
    expect(command([]).status).toBe(0);

    await journal.resolve("order_a", { adopted: "pur_another" });

    const { status, stdout } = command([]);
    expect(status).toBe(1);
    expect(stdout).toContain("‼️");
  });

  test("a checkout that is open ends with 1: it can still be paid", async () => {
    await sent("a", {}, CHECKOUT);
    expect(command([]).status).toBe(1);

    await journal.resolve("order_a", { withdrawn: true });
    expect(command([]).status).toBe(0);
  });

  test("--json gives the same to a script", async () => {
    await sent("a", {}, BOUGHT);
    await sent("b", { name: "later" });

    const { status, stdout } = command(["--json"]);

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      journal: folder,
      unresolved: 1,
      doubleCharges: 0,
      purchases: [
        {
          order: "order_a",
          attempt: 1,
          name: "credits",
          project: "test",
          stack: "dev",
          team: "acme",
          creditType: "gateway",
          amount: 1500,
          outcome: "bought",
          status: "succeeded",
          receipt: { intentId: "pur_1", total: "1500.00", currency: "usd" },
          unresolved: false,
        },
        { order: "order_b", outcome: "unknown", unresolved: true },
      ],
    });
  });

  test("of several stacks, the selected ones alone are listed, and decide how it ends", async () => {
    await sent("a", { stack: "dev", team: "acme" }, BOUGHT);
    await sent("b", { stack: "prod", team: "other" });
    const listed = (...args: string[]) => {
      const { status, stdout } = command([...args, "--json"]);
      const purchases: { order: string }[] = JSON.parse(stdout).purchases;
      return { status, orders: purchases.map(({ order }) => order) };
    };

    expect(command([]).stdout).toMatch(/ stack .* test\/dev .* test\/prod /s);
    expect(listed()).toEqual({ status: 1, orders: ["order_a", "order_b"] });
    for (const of of [
      ["--stack", "dev"],
      ["--stack", "organization/test/dev"],
      ["--team", "acme"],
    ]) {
      expect(listed("--project", "test", ...of)).toEqual({ status: 0, orders: ["order_a"] });
    }
    expect(listed("--stack", "organization/test/prod")).toEqual({ status: 1, orders: ["order_b"] });
    expect(command(["--since", "2999-01-01"])).toMatchObject({
      status: 0,
      stdout: `The journal in ${folder} holds no such purchase (since 2999-01-01).\n`,
    });
    expect(command(["--since", "soon"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not a date such as 2026-10-01"),
    });
  });

  test("names and answers can't steer the terminal or forge a row", async () => {
    await sent("a", { name: "\u001b[2Jevil\norder_z bought" });

    const { stdout } = command([]);

    expect(stdout).not.toContain("\u001b[2J");
    expect(stdout).not.toMatch(/^order_z/m);
  });

  test("thousands of records are read in a moment", async () => {
    await sent("a");
    const file = readdirSync(folder).find((name) => name.startsWith("intent.")) ?? "?";
    const intent = JSON.parse(readFileSync(join(folder, file), "utf8"));
    for (let i = 0; i < 3000; i++) {
      const record = { ...intent, order: `order_${i}` };
      record.identity = { ...intent.identity, urn: `${intent.identity.urn}-${i}` };
      writeFileSync(join(folder, `intent.test.dev.c-${i}.1.json`), JSON.stringify(record));
    }
    const began = Date.now();

    const { stdout } = command(["--json"]);

    expect(JSON.parse(stdout).purchases).toHaveLength(3001);
    expect(Date.now() - began).toBeLessThan(20_000);
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
    expect(command(["--folder", folder]).stdout).toContain(`The journal in ${folder} `);
  });

  test("a folder that is named and isn't there is an error, and not a journal without purchases", () => {
    expect(command(["--folder", "/mistyped"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no folder /mistyped"),
    });
  });

  test.each([
    ["off", "VERCEL_CREDITS_JOURNAL is off; name a journal with --address"],
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
  test("tells everything that is recorded of one order", async () => {
    await sent("abc", {}, REFUSED);
    await sent("xyz", { attempt: 2 }, BOUGHT);

    const first = command(["show", "order_a"]);
    const second = command(["show", "order_xyz", "--json"]);

    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/^order_abc: refused\n/);
    for (const words of [
      /^ {2}opening\./m,
      /^ {2}intent\./m,
      /completion\n.*message: declined/s,
      "amount: 1500",
    ]) {
      expect(first.stdout).toMatch(words);
    }
    expect(JSON.parse(second.stdout)).toMatchObject({
      order: "order_xyz",
      outcome: "bought",
      receipt: BOUGHT.receipt,
      records: [{}, {}, { name: "order_xyz.completion" }],
    });
  });

  test("ends with 1 where nobody knows, and with 2 where there is no such order, or several", async () => {
    await sent("aa");
    await sent("ab", { name: "later" });

    const unresolved = command(["show", "order_aa"]);
    expect(unresolved).toMatchObject({ status: 1, stdout: expect.stringContaining(MAYBE_CHARGED) });
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

describe("journal settle", () => {
  test.each([
    ["--adopt", ["--adopt", "pur_9"], "adopted", "recorded pur_9 as this purchase", CHARGED],
    ["--withdraw", ["--withdraw"], "withdrawn", "recorded as withdrawn", NOTHING_CHARGED],
  ])("%s settles an order in doubt, and sends nothing", async (_what, flags, outcome, says, sentence) => {
    await sent("a");

    const { status, stdout } = command(["settle", "order_a", ...flags]);

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        `credits (order_a): ${says}. This run sent nothing. ${sentence} Where a state has it as in doubt, the next ` +
        "`pulumi up` records that, too.\n",
    });
    expect(command([])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${outcome} (was unknown)`),
    });
  });

  test("a person's word can be corrected by another one", async () => {
    await sent("a");

    for (const flags of [["--withdraw"], ["--adopt", "pur_8"], ["--adopt", "pur_9"]]) {
      expect(command(["settle", "order_a", ...flags]).status).toBe(0);
    }
    expect(command([]).stdout).toMatch(/adopted \(was unknown\) +pur_9/);
  });

  test.each([
    ["a refusal", () => journal.complete("order_a", REFUSED, undefined), "refused", NOTHING_CHARGED],
    [
      "what a person withdrew",
      () => journal.resolve("order_a", { withdrawn: true }),
      "withdrawn",
      NOTHING_CHARGED,
    ],
    ["what a person adopted", () => journal.resolve("order_a", { adopted: "pur_9" }), "adopted", CHARGED],
  ])("%s is not withdrawn", async (_what, ended, outcome, sentence) => {
    await sent("a");
    await ended();
    const before = readdirSync(folder);

    expect(command(["settle", "order_a", "--withdraw"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`order_a is ${outcome} already. Nothing was recorded. ${sentence}`),
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("withdrawing an order that was never sent closes it, so that nobody can send it any more", async () => {
    await journal.open(orderOf("a"));

    expect(command(["settle", "order_a", "--withdraw"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(NOTHING_CHARGED),
    });
    expect(await journal.claim(orderOf("a"), 60)).toEqual({ kind: "closed" });
  });

  test("a withdrawn checkout session can still be paid, and the sentence says so", async () => {
    await sent("a", {}, CHECKOUT);

    expect(command(["settle", "order_a", "--withdraw"]).stdout).toContain(MAYBE_CHARGED);
  });

  test("while its request may be under way, it says where and until when", async () => {
    await journal.open(orderOf("a"));
    await journal.claim(orderOf("a"), 60); // by this process, which lives

    for (const flags of [["--withdraw"], ["--adopt", "pur_9"]]) {
      const { status, stderr } = command(["settle", "order_a", ...flags]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/may still be sending.*until \d{4}-.*may have been charged/);
    }
    expect(readdirSync(folder).filter((name) => name.includes("resolution"))).toEqual([]);
    for (const args of [[], ["show", "order_a"]]) {
      const { status, stdout } = command(args);
      expect(status).toBe(1);
      expect(stdout).toMatch(/may still be sending.*until \d{4}-.*may have been charged.*Wait until/);
      expect(stdout).not.toMatch(/set adopt|raise attempt/); // nobody can know yet
    }
  });

  test("what was bought is not settled otherwise, and an id of Vercel's is not contradicted", async () => {
    await sent("a", {}, BOUGHT);
    await sent("b", { name: "later" }, { ...BOUGHT, outcome: "pending" });

    for (const args of [
      ["order_a", "--withdraw"],
      ["order_a", "--adopt", "pur_9"],
    ]) {
      expect(command(["settle", ...args])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(CHARGED),
      });
    }
    const contradiction = command(["settle", "order_b", "--adopt", "pur_9"]);
    expect(contradiction).toMatchObject({ status: 2, stderr: expect.stringContaining(MAYBE_CHARGED) });
    expect(command(["settle", "order_b", "--adopt", "pur_1"]).status).toBe(0);
  });

  test("--known: a person knows of a double charge", async () => {
    await sentTwice();

    expect(command(["settle", "order_a", "--known"]).status).toBe(0);
    expect(command([]).status).toBe(0);
    await sent("c", { attempt: 2 }, BOUGHT);
    expect(command([]).status).toBe(1); // not of this one
    await sent("d", { name: "other" }, BOUGHT);
    expect(command(["settle", "order_d", "--known"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not one of two"),
    });
  });

  test.each([
    ["no word", ["order_a"]],
    ["two words", ["order_a", "--withdraw", "--known"]],
    ["no id", ["order_a", "--adopt", "two words"]],
    ["no such order", ["order_z", "--withdraw"]],
  ])("%s: one line, and 2", async (_what, args) => {
    await sent("a");
    const { status, stderr } = command(["settle", ...args]);

    expect(status).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(command([]).status).toBe(1);
  });
});
